//! What the browser tells, and what it means to the page.

use web_sys::{DragEvent, File};
use yew::prelude::*;

use super::Root;
use crate::app::Msg;
use crate::components::answer;
use crate::components::paste::{self, Dropped};
use crate::keys;
use crate::panel::Ask;

/// What the browser tells.
pub enum Event {
    /// Something that needs nothing else of the browser.
    Of(Msg),
    /// A file was given.
    Given(File),
    /// Something was dropped.
    Dropped(DragEvent),
    /// Something was pressed, maybe in an answer.
    Pressed(MouseEvent),
    /// A key was pressed.
    Key(KeyboardEvent),
    /// The runs have their turn.
    Turn,
    /// A frame is due: for the playhead.
    Tick,
}

impl Root {
    /// What an event means to the page.
    pub(super) fn hear(&mut self, event: Event) -> Option<Msg> {
        match event {
            Event::Of(msg) => Some(msg),
            Event::Given(file) => Some(self.take(file)),
            Event::Dropped(event) => match paste::dropped(&event)? {
                Dropped::File(file) => Some(self.take(file)),
                Dropped::Text(text) => Some(Msg::Ask(Ask::Pasted(text))),
            },
            Event::Pressed(event) => answer::pressed(&event),
            Event::Key(event) => {
                let meaning = keys::pressed(&event, self.app.page.view());
                meaning.inspect(|_| event.prevent_default()).map(Msg::Key)
            }
            Event::Turn => Some(Msg::Turn(self.driver.slice())),
            Event::Tick => self.clock.passed(self.app.calm).map(Msg::Go),
        }
    }

    /// A file goes to a worker as it is; the page itself only says that it has one.
    fn take(&mut self, file: File) -> Msg {
        let file = self.file.insert(file);
        Msg::Given(file.name(), file.size() as u64)
    }
}
