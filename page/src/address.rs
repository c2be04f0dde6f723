//! The location says the link of what the page shows, always, and the history is its undo.

use std::cell::Cell;
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use js_sys::Date;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, History, HtmlElement, Window};

use crate::app::Msg;
use crate::history::{self, Entry, Way};
use crate::root::Link;

/// Browsers ignore, or forbid, changing the location more often than about ten times in a second for long.
const PAUSE_MS: f64 = 250.0;

/// The location of the page.
pub struct Address {
    /// A replacement that waits for the end of the pause, or another attempt.
    waiting: Option<Timeout>,
    /// When the pause ends.
    free_ms: Rc<Cell<f64>>,
    link: Link,
    _listeners: [EventListener; 2],
}

impl Address {
    /// Tells when the visitor goes back or forward, or pastes another link; and when the location says a link that had
    /// to wait, or still does not say one.
    pub fn new(link: Link) -> Address {
        let _listeners = ["popstate", "hashchange"].map(|event| {
            let link = link.clone();
            EventListener::new(&window(), event, move |_| link.hears(Msg::Opened(href(), kept())))
        });
        Address { waiting: None, free_ms: Rc::default(), link, _listeners }
    }

    /// Whether the location says `link`.
    pub fn says(link: &str) -> bool {
        window().location().hash().is_ok_and(|hash| hash.strip_prefix('#') == Some(link))
    }

    /// Has the location say this entry, in this way.
    pub fn say(&mut self, way: history::AddressChange, entry: Entry) {
        match way {
            history::AddressChange::Keep => {}
            history::AddressChange::Replace => self.replace(&entry),
            history::AddressChange::Follow => self.follow(entry),
            history::AddressChange::Push { before } => self.push(&before, &entry),
        }
    }

    /// The current history entry becomes this one.
    fn replace(&mut self, entry: &Entry) {
        self.waiting = None;
        self.write(entry, History::replace_state_with_url);
    }

    /// The current history entry becomes this one, or a moment later if it was changed only just now.
    fn follow(&mut self, entry: Entry) {
        let wait = self.free_ms.get() - Date::now();
        if wait <= 0.0 {
            return self.replace(&entry);
        }
        let (free_ms, link) = (self.free_ms.clone(), self.link.clone());
        self.waiting = Some(Timeout::new(wait as u32, move || {
            free_ms.set(Date::now() + PAUSE_MS);
            write(&entry, History::replace_state_with_url);
            link.hears(Msg::Written(href()));
        }));
    }

    /// The current history entry becomes `before` again, and a new one follows it.
    fn push(&mut self, before: &Entry, entry: &Entry) {
        self.replace(before);
        self.write(entry, History::push_state_with_url);
    }

    /// A browser that has been told too much in the last seconds does nothing: then it is told again.
    fn write(&mut self, entry: &Entry, write_entry: Write) {
        self.free_ms.set(Date::now() + PAUSE_MS);
        write(entry, write_entry);
        if !Address::says(&entry.link) {
            let link = self.link.clone();
            self.waiting = Some(Timeout::new(PAUSE_MS as u32, move || link.hears(Msg::Written(href()))));
        }
    }
}

/// The whole address.
pub fn href() -> String {
    window().location().href().unwrap_or_default()
}

/// What the browser kept of the current history entry, if it is one of this page.
pub fn kept() -> Option<Entry> {
    Entry::read("", &window().history().ok()?.state().ok()?.as_string()?)
}

/// One entry back or forward, as the browser's own buttons do.
pub fn travel(way: Way) {
    if let Ok(history) = window().history() {
        let _ = if way == Way::Undo { history.back() } else { history.forward() };
    }
}

/// Gives the focus to an element.
pub fn focus(id: &str) {
    if let Some(element) = element(id) {
        let _ = element.focus();
    }
}

/// Gives the focus to what will be on screen after this.
pub fn focus_soon(id: &'static str) {
    let give = move || {
        if let Some(element) = element(id) {
            // On a phone there is more above it than there is room for.
            element.scroll_into_view();
            let _ = element.focus();
        }
    };
    Timeout::new(0, give).forget();
}

/// The element with this id.
pub fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// The page's window.
pub fn window() -> Window {
    web_sys::window().expect("a page has a window")
}

/// Pixels of the window to a pixel of this element's layout: on a wall and on large screens the style sheet zooms. To
/// be asked for it has the page laid out.
pub fn zoom(element: &Element) -> f64 {
    let zoom = js_sys::Reflect::get(element, &"currentCSSZoom".into()).ok().and_then(|zoom| zoom.as_f64());
    zoom.unwrap_or(1.0)
}

/// The page's document.
pub fn document() -> Document {
    window().document().expect("a page has a document")
}

type Write = fn(&History, &JsValue, &str, Option<&str>) -> Result<(), JsValue>;

/// A query, which is accepted too, gives way to the fragment: two of them could contradict each other.
fn write(entry: &Entry, write: Write) {
    let path = window().location().pathname().unwrap_or_default();
    if let Ok(history) = window().history() {
        // A browser that refuses leaves an old link in its bar; the run is right all the same.
        let _ = write(&history, &entry.memory().into(), "", Some(&format!("{path}#{}", entry.link)));
    }
}
