//! The browser's history as the undo of everything that changes the run. Pure, without any web type.

use connlab::link;
use percent_encoding::{AsciiSet, CONTROLS, PercentEncode, utf8_percent_encode};

/// An entry of the browser's history: the undo of everything that changes the run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// What its location says.
    pub link: String,
    /// The link of the run before the change that made this entry; `None` for a new subject.
    pub before: Option<String>,
    /// How many entries of this visit lie behind it: so many steps can be undone.
    pub depth: u32,
}

impl Entry {
    /// What the browser keeps with the entry, beside its location.
    pub fn memory(&self) -> String {
        format!("{} {}", self.depth, self.before.as_deref().unwrap_or_default())
    }

    /// What the browser kept; `None` if this page did not write it.
    pub fn read(link: &str, memory: &str) -> Option<Entry> {
        let (depth, before) = memory.split_once(' ')?;
        let before = Some(before.to_string()).filter(|before| !before.is_empty());
        Some(Entry { link: link.to_string(), before, depth: depth.parse().ok()? })
    }
}

/// What to do with the location.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AddressChange {
    /// Nothing.
    #[default]
    Keep,
    /// It says the current link, in the same history entry.
    Replace,
    /// The same during a drag: there will be many, so it may come a moment later.
    Follow,
    /// The current link gets a new history entry; the old one says `before` again.
    Push {
        /// The old entry.
        before: Entry,
    },
}

/// Through the history, by keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The last change is taken back.
    Undo,
    /// What was taken back is made again.
    Redo,
}

/// What a browser escapes in a location by itself.
const ESCAPED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'%');

/// A value as the browser writes it in a location: a link that is written so is found again as it is.
pub fn escaped(value: &str) -> PercentEncode<'_> {
    utf8_percent_encode(value, ESCAPED)
}

/// Whether an address says this link.
pub fn says(address: &str, link: &str) -> bool {
    address.split_once('#').is_some_and(|(_, fragment)| fragment == link)
}

/// The part of a link that says what to run.
pub fn run_of(link: &str) -> String {
    let is_of_run = |part: &&str| !link::is_page_key(part.split('=').next().unwrap_or_default());
    link.split('&').filter(is_of_run).collect::<Vec<_>>().join("&")
}
