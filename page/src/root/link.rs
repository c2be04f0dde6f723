//! Messages to the page: whoever hears something in the browser has a [`Link`], and the root takes them in, one after
//! the other.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use super::Root;
use crate::app::Msg;
use crate::runners::RunnerNews;

/// What happens in the browser.
pub enum PageEvent {
    /// Something that means this to the page.
    Of(Msg),
    /// Something in the document.
    Heard(web_sys::Event),
    /// The runs have their turn.
    Turn,
    /// Something becomes of the worker with this number.
    Runner(usize, RunnerNews),
    /// The explainer needs the run of a link, and knows it by this number.
    Order(u32, String),
    /// That run, as bytes.
    Run(u32, Vec<u8>),
    /// The page is hidden, or is not any more.
    Hidden(bool),
    /// A frame is due: for the playhead.
    Tick,
    /// Something in the document has another size.
    Sized,
}

/// Sends messages to the page.
#[derive(Clone, Default)]
pub struct Link(Rc<Shared>);

#[derive(Default)]
struct Shared {
    root: RefCell<Option<Root>>,
    waiting: RefCell<VecDeque<PageEvent>>,
}

impl Link {
    /// Tells the page something. What it leads to is done before this returns, unless the page is at something already:
    /// then that is finished first.
    pub fn tell(&self, event: PageEvent) {
        self.0.waiting.borrow_mut().push_back(event);
        let Ok(mut root) = self.0.root.try_borrow_mut() else { return };
        let Some(root) = root.as_mut() else { return };
        loop {
            let mut draws = false;
            while let Some(event) = self.next() {
                draws |= root.update(event);
            }
            if !draws {
                return;
            }
            root.draw();
        }
    }

    /// The same, of what needs nothing else of the browser.
    pub fn hears(&self, msg: Msg) {
        self.tell(PageEvent::Of(msg));
    }

    /// The page is there.
    pub(super) fn connect(&self, root: Root) {
        *self.0.root.borrow_mut() = Some(root);
    }

    fn next(&self) -> Option<PageEvent> {
        self.0.waiting.borrow_mut().pop_front()
    }
}
