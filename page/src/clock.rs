//! The frames of the browser, while the page plays.

use gloo::render::{AnimationFrame, request_animation_frame};

use crate::playhead::Motion;
use crate::root::{Link, PageEvent};
use connlab_turns::now_ms;

/// A longer gap between two frames means that the page was hidden.
const LONGEST_MS: f64 = 100.0;

/// With reduced motion the playhead moves this often.
const CALM_MS: f64 = 500.0;

/// The frame that is due, and when the playhead last moved by itself.
pub struct Clock {
    link: Link,
    moved_ms: Option<f64>,
    frame: Option<AnimationFrame>,
}

impl Clock {
    /// Tells before each frame of a page that plays.
    pub fn new(link: Link) -> Clock {
        Clock { link, moved_ms: None, frame: None }
    }

    /// The page plays, or does not.
    pub fn follow(&mut self, playing: bool) {
        if !playing {
            (self.moved_ms, self.frame) = (None, None);
        } else if self.frame.is_none() {
            let link = self.link.clone();
            self.frame = Some(request_animation_frame(move |_| link.tell(PageEvent::Tick)));
        }
    }

    /// A frame is there: how much time has passed, once it is time to move.
    pub fn passed(&mut self, calm: bool) -> Option<Motion> {
        self.frame = None;
        let now = now_ms();
        let passed = now - *self.moved_ms.get_or_insert(now);
        let (shortest, longest) = if calm { (CALM_MS, CALM_MS) } else { (1.0, LONGEST_MS) };
        (passed >= shortest).then(|| {
            self.moved_ms = Some(now);
            Motion::Frame(passed.min(longest))
        })
    }
}
