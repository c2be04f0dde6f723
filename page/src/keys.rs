//! What keys mean while the focus is in the charts or the bar below the scene.

use connlab::sim::replay::What;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use crate::playhead::{KEY_MS, Motion, Step};
use crate::state::View;

/// What a key does.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// It moves the playhead.
    Motion(Motion),
    /// Play, or pause.
    PlayOrPause,
    /// The sheet of all keys.
    Help,
    /// What can be taken away from the page.
    Share,
    /// Larger text, or smaller; on a wall.
    Resize(bool),
    /// Back from the wall to the workbench.
    Leave,
}

/// What has the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// Something with keys of its own: a select, a text, a table that scrolls.
    Own,
    /// A button: the space bar presses it.
    Button,
    /// Anything else.
    Place,
}

/// Every key with what it does, for people; text for the browser to parse, for it never changes.
pub const SHEET: &str = "<div><header><h2>Keys</h2>\
    <span>while the focus is in the charts or the bar above them</span></header>\
    <table><tr><th scope=row><kbd>Space</kbd><td>Play or pause\
    <tr><th scope=row><kbd>,</kbd><kbd>.</kbd><td>Previous, next event\
    <tr><th scope=row><kbd>N</kbd><td>Next error\
    <tr><th scope=row><kbd>Shift N</kbd><td>Previous error\
    <tr><th scope=row><kbd>←</kbd><kbd>→</kbd><td>100 ms back, on\
    <tr><th scope=row><kbd>Shift ←</kbd><kbd>Shift →</kbd><td>1 s back, on\
    <tr><th scope=row><kbd>[</kbd><kbd>]</kbd><td>Slower, faster\
    <tr><th scope=row><kbd>S</kbd><td>Share: link, ticket, picture, tables\
    <tr><th scope=row><kbd>?</kbd><td>This sheet\
    <tr><th scope=row><kbd>Page ↑</kbd><kbd>Page ↓</kbd><td>Projector: previous, next event\
    <tr><th scope=row><kbd>+</kbd><kbd>-</kbd><td>Projector: larger, smaller text\
    <tr><th scope=row><kbd>Esc</kbd><td>Projector: back to the workbench</table></div>";

/// What a key means, given what has the focus.
pub fn meaning(key: &str, shift: bool, focus: Focus) -> Option<Meaning> {
    let error = What::Failure(None);
    let far = if shift { 10 } else { 1 };
    let motion = match (key, focus) {
        (_, Focus::Own) | (" ", Focus::Button) => return None,
        (" ", _) => return Some(Meaning::PlayOrPause),
        ("?", _) => return Some(Meaning::Help),
        ("s" | "S", _) => return Some(Meaning::Share),
        (".", _) => Motion::Step(Step::Next(What::Event)),
        (",", _) => Motion::Step(Step::Previous(What::Event)),
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
        (_, Focus::Own) => None,
        ("PageDown", _) => Some(Meaning::Motion(Motion::Step(Step::Next(What::Event)))),
        ("PageUp", _) => Some(Meaning::Motion(Motion::Step(Step::Previous(What::Event)))),
        ("+" | "=", _) => Some(Meaning::Resize(true)),
        ("-", _) => Some(Meaning::Resize(false)),
        ("Escape", _) => Some(Meaning::Leave),
        _ => None,
    }
}

/// What a key press means; with Ctrl, Alt or Meta it is the browser's.
pub fn pressed(event: &KeyboardEvent, view: View) -> Option<Meaning> {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return None;
    }
    let target: Element = event.target()?.dyn_into().ok()?;
    let within = |selector: &str| target.closest(selector).ok().flatten().is_some();
    let focus = if within("select, input:not([type=range]), textarea, .sheet, [popover]") {
        Focus::Own
    } else if within("button, summary, a") {
        Focus::Button
    } else {
        Focus::Place
    };
    let key = event.key();
    let on_a_wall = (view == View::Projector).then(|| on_a_wall(&key, focus)).flatten();
    on_a_wall.or_else(|| meaning(&key, event.shift_key(), focus))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_space_bar_presses_a_button_that_has_the_focus() {
        assert_eq!(meaning(" ", false, Focus::Button), None);
        assert_eq!(meaning(" ", false, Focus::Place), Some(Meaning::PlayOrPause));
    }

    #[test]
    fn a_select_keeps_its_letters() {
        assert_eq!(meaning("n", false, Focus::Own), None);
        assert_eq!(meaning("ArrowLeft", true, Focus::Own), None);
    }

    #[test]
    fn a_remote_that_turns_pages_goes_from_event_to_event() {
        let motion = |step| Some(Meaning::Motion(Motion::Step(step)));
        assert_eq!(on_a_wall("PageDown", Focus::Button), motion(Step::Next(What::Event)));
        assert_eq!(on_a_wall("PageUp", Focus::Place), motion(Step::Previous(What::Event)));
        assert_eq!(on_a_wall("Escape", Focus::Own), None, "it closes what is open first");
        assert_eq!(meaning("PageDown", false, Focus::Place), None, "on a desk it scrolls");
    }

    #[test]
    fn shift_means_the_other_way_or_further() {
        let motion = |key, shift| match meaning(key, shift, Focus::Place) {
            Some(Meaning::Motion(motion)) => motion,
            other => panic!("{key}: {other:?}"),
        };
        assert_eq!(motion("N", true), Motion::Step(Step::Previous(What::Failure(None))));
        assert_eq!(motion("n", false), Motion::Step(Step::Next(What::Failure(None))));
        assert_eq!([motion("ArrowLeft", false), motion("ArrowRight", true)], [Motion::By(-100), Motion::By(1_000)]);
    }
}
