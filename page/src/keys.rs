//! What keys mean, wherever the focus is.

use connlab::sim::replay::Breakpoint;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use crate::address;
use crate::history::Way;
use crate::playhead::{KEY_MS, Motion, Step};
use crate::state::View;

/// What a key does.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// It moves the playhead.
    Motion(Motion),
    /// Play, or pause.
    PlayOrPause,
    /// A change of a setting is taken back, or made again.
    Travel(Way),
    /// The sheet of all keys.
    Help,
    /// The run of the link stays, to be compared with, or does not any more.
    Pin,
    /// What can be taken away from the page.
    Share,
    /// The link as a code for cameras.
    Code,
    /// Larger text, or smaller; on a wall.
    Resize(bool),
    /// Back from the wall to the workbench.
    Leave,
}

/// What the element that has the focus does with keys itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// It takes text, or chooses by letters.
    Text,
    /// It is moved by arrow keys, or pressed by the space bar.
    Control {
        /// Whether arrow keys move it.
        arrows: bool,
        /// Whether the space bar presses it.
        space: bool,
    },
}

/// Every key with what it does, for people; text for the browser to parse, for it never changes.
pub const SHEET: &str = "<div><header><h2>Keys</h2>\
    <span>everywhere, but where one types</span></header>\
    <table><tr><th scope=row><kbd>Space</kbd><td>Play or pause\
    <tr><th scope=row><kbd>,</kbd><kbd>.</kbd><td>Previous, next event\
    <tr><th scope=row><kbd>N</kbd><td>Next error\
    <tr><th scope=row><kbd>Shift N</kbd><td>Previous error\
    <tr><th scope=row><kbd>←</kbd><kbd>→</kbd><td>100 ms back, on\
    <tr><th scope=row><kbd>Shift ←</kbd><kbd>Shift →</kbd><td>1 s back, on\
    <tr><th scope=row><kbd>[</kbd><kbd>]</kbd><td>Slower, faster\
    <tr><th scope=row><kbd>B</kbd><td>Pin this run as A, or unpin it\
    <tr><th scope=row><kbd>S</kbd><td>Share: link, ticket, picture, tables\
    <tr><th scope=row><kbd>Q</kbd><td>QR code of the link\
    <tr><th scope=row><kbd>Ctrl Z</kbd><td>Take the last change of a setting back\
    <tr><th scope=row><kbd>Ctrl Shift Z</kbd><td>Make it again\
    <tr><th scope=row><kbd>?</kbd><td>This sheet\
    <tr><th scope=row><kbd>Page ↑</kbd><kbd>Page ↓</kbd><td>Projector: previous, next error\
    <tr><th scope=row><kbd>+</kbd><kbd>-</kbd><td>Projector: larger, smaller text\
    <tr><th scope=row><kbd>Esc</kbd><td>Projector: back to the workbench</table>\
    <label class=letters><input type=checkbox id=letters checked> Keys of one character</label></div>";

/// What a key means, given what has the focus.
pub fn meaning(key: &str, shift: bool, focus: Focus) -> Option<Meaning> {
    let error = Breakpoint::Failure(None);
    let far = if shift { 10 } else { 1 };
    let motion = match (key, focus) {
        (_, Focus::Text)
        | (" ", Focus::Control { space: true, .. })
        | ("ArrowLeft" | "ArrowRight", Focus::Control { arrows: true, .. }) => return None,
        (" ", _) => return Some(Meaning::PlayOrPause),
        ("?", _) => return Some(Meaning::Help),
        ("b" | "B", _) => return Some(Meaning::Pin),
        ("q" | "Q", _) => return Some(Meaning::Code),
        ("s" | "S", _) => return Some(Meaning::Share),
        (".", _) => Motion::Step(Step::Next(Breakpoint::Event)),
        (",", _) => Motion::Step(Step::Previous(Breakpoint::Event)),
        ("n" | "N", _) if shift => Motion::Step(Step::Previous(error)),
        ("n" | "N", _) => Motion::Step(Step::Next(error)),
        ("ArrowLeft", _) => Motion::By(-KEY_MS * far),
        ("ArrowRight", _) => Motion::By(KEY_MS * far),
        ("[", _) => Motion::Faster(-1),
        ("]", _) => Motion::Faster(1),
        _ => return None,
    };
    Some(Meaning::Motion(motion))
}

/// What a key means on a wall beside that: a presenter's remote has two keys, those that turn pages.
pub fn on_a_wall(key: &str, focus: Focus) -> Option<Meaning> {
    match (key, focus) {
        (_, Focus::Text) => None,
        ("PageDown", _) => Some(Meaning::Motion(Motion::Step(Step::Next(Breakpoint::Failure(None))))),
        ("PageUp", _) => Some(Meaning::Motion(Motion::Step(Step::Previous(Breakpoint::Failure(None))))),
        ("+" | "=", _) => Some(Meaning::Resize(true)),
        ("-", _) => Some(Meaning::Resize(false)),
        ("Escape", _) => Some(Meaning::Leave),
        _ => None,
    }
}

/// What a key means with Ctrl, or Cmd on a Mac; all others of these are the browser's. A text has an undo of its own,
/// but a setting's box has the setting's.
pub fn command(key: &str, shift: bool, is_text: bool) -> Option<Way> {
    match (key, is_text) {
        (_, true) => None,
        ("z" | "Z", _) if shift => Some(Way::Redo),
        ("y" | "Y", _) => Some(Way::Redo),
        ("z" | "Z", _) => Some(Way::Undo),
        _ => None,
    }
}

/// What a key press means. What a control has used itself means nothing else.
pub fn pressed(event: &KeyboardEvent, view: View) -> Option<Meaning> {
    if event.alt_key() || event.default_prevented() {
        return None;
    }
    let target: Element = event.target()?.dyn_into().ok()?;
    let within = |selector: &str| target.closest(selector).ok().flatten().is_some();
    let (key, shift) = (event.key(), event.shift_key());
    // Who speaks to the computer, or hits keys by accident, switches them off in the sheet; `app_loader.js` keeps that.
    let is_off = || address::document().query_selector("[data-letters=off]").is_ok_and(|off| off.is_some());
    if key.len() == 1 && key != " " && !event.ctrl_key() && !event.meta_key() && is_off() {
        return None;
    }
    if event.ctrl_key() || event.meta_key() {
        return command(
            &key,
            shift,
            within("textarea, .draft, input:not(.num, [type=range], [type=checkbox], [type=radio])"),
        )
        .map(Meaning::Travel);
    }
    let focus = if within("select, input:not([type=range], [type=checkbox], [type=radio]), textarea, .sheet, [popover]")
    {
        Focus::Text
    } else {
        Focus::Control {
            arrows: within("input:not(.scrub), [role=tab], [role=slider], [role=region]"),
            space: within("button, summary, a, input:not(.scrub), [role=region]"),
        }
    };
    let on_a_wall = (view == View::Projector).then(|| on_a_wall(&key, focus)).flatten();
    on_a_wall.or_else(|| meaning(&key, shift, focus))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Focus = Focus::Control { arrows: false, space: false };
    const BUTTON: Focus = Focus::Control { arrows: false, space: true };
    const SLIDER: Focus = Focus::Control { arrows: true, space: true };

    #[test]
    fn the_space_bar_presses_a_button_that_has_the_focus() {
        assert_eq!(meaning(" ", false, BUTTON), None);
        assert_eq!(meaning(" ", false, PLACE), Some(Meaning::PlayOrPause));
    }

    #[test]
    fn arrow_keys_move_the_slider_that_has_the_focus_and_letters_the_playhead() {
        assert_eq!(meaning("ArrowLeft", false, SLIDER), None);
        assert_eq!(meaning("ArrowLeft", false, BUTTON), Some(Meaning::Motion(Motion::By(-100))));
        assert!(meaning("n", false, SLIDER).is_some());
    }

    #[test]
    fn who_types_only_types() {
        for key in ["n", " ", "?", "ArrowLeft", "["] {
            assert_eq!(meaning(key, false, Focus::Text), None, "{key}");
        }
        assert_eq!(command("z", false, true), None);
    }

    #[test]
    fn undo_and_redo_have_the_keys_of_all_systems() {
        let ways =
            [("z", false), ("Z", true), ("y", false), ("n", false)].map(|(key, shift)| command(key, shift, false));
        assert_eq!(ways, [Some(Way::Undo), Some(Way::Redo), Some(Way::Redo), None]);
    }

    #[test]
    fn a_remote_that_turns_pages_goes_from_error_to_error() {
        let motion = |step| Some(Meaning::Motion(Motion::Step(step)));
        assert_eq!(on_a_wall("PageDown", BUTTON), motion(Step::Next(Breakpoint::Failure(None))));
        assert_eq!(on_a_wall("PageUp", PLACE), motion(Step::Previous(Breakpoint::Failure(None))));
        assert_eq!(on_a_wall("Escape", Focus::Text), None, "it closes what is open first");
        assert_eq!(meaning("PageDown", false, PLACE), None, "on a desk it scrolls");
    }

    #[test]
    fn shift_means_the_other_way_or_further() {
        let motion = |key, shift| match meaning(key, shift, PLACE) {
            Some(Meaning::Motion(motion)) => motion,
            other => panic!("{key}: {other:?}"),
        };
        assert_eq!(motion("N", true), Motion::Step(Step::Previous(Breakpoint::Failure(None))));
        assert_eq!(motion("n", false), Motion::Step(Step::Next(Breakpoint::Failure(None))));
        assert_eq!([motion("ArrowLeft", false), motion("ArrowRight", true)], [Motion::By(-100), Motion::By(1_000)]);
    }
}
