//! What stands in the document already, part by part: a part that is as it was is not written again.

use std::rc::Rc;

use maud::{Markup, PreEscaped, html};

use crate::app::App;
use crate::panel::Panel;
use crate::state::Page;

/// What was drawn last, and what of it is not in [`crate::app::App`], for it only depends on what was drawn before.
#[derive(Default)]
pub struct Parts {
    drawn: Vec<Part>,
    turn: u32,
    /// What was drawn.
    of: Option<(Rc<Page>, Rc<Panel>)>,
    /// It is the same page that is drawn again, maybe at another instant of its run.
    is_same_page: bool,
    /// And the same right column.
    is_same_panel: bool,
    /// The scene in words, when it last stood still.
    pub sentence: String,
    /// Rows of errors above the charts: during a drag there may be more than there are errors.
    pub rows: usize,
}

struct Part {
    name: &'static str,
    html: String,
    turn: u32,
    /// What it depends on beside the page.
    on: On,
}

/// What a part depends on beside page and right column: an instant, a size.
pub type On = (Option<usize>, (i32, i32));

impl Parts {
    /// The page is drawn anew.
    pub fn begin(&mut self, app: &App) {
        let last = self.turn;
        self.drawn.retain(|part| part.turn == last);
        self.turn += 1;
        let before = self.of.replace((app.page.clone(), app.panel.clone()));
        self.is_same_page = before.as_ref().is_some_and(|(page, _)| Rc::ptr_eq(page, &app.page));
        self.is_same_panel = before.is_some_and(|(_, panel)| Rc::ptr_eq(&panel, &app.panel));
    }

    /// This part, if it only depends on the page, and that is the same; `within` are the parts that may stand in it.
    pub fn of_page(&mut self, name: &'static str, within: &[&str]) -> Option<Markup> {
        (self.is_same_page && self.has(name)).then(|| self.keep(name, within))
    }

    /// The same, if it depends on the right column, too, and on this.
    pub fn of_both(&mut self, name: &'static str, on: On, within: &[&str]) -> Option<Markup> {
        let is_same = self.is_same_page && self.is_same_panel;
        let is_there = is_same && self.drawn.iter().any(|part| part.name == name && part.on == on);
        is_there.then(|| self.keep(name, within))
    }

    /// A part: one element, with its name as `data-part`. If it was drawn like this the last time, only its name.
    pub fn part(&mut self, name: &'static str, html: Markup) -> Markup {
        self.part_on(name, On::default(), html)
    }

    /// The same, of one that depends on this.
    pub fn part_on(&mut self, name: &'static str, on: On, html: Markup) -> Markup {
        let (turn, html) = (self.turn, html.into_string());
        match self.drawn.iter_mut().find(|part| part.name == name) {
            Some(part) if part.html == html => {
                (part.turn, part.on) = (turn, on);
                return same(name);
            }
            Some(part) => *part = Part { name, html: html.clone(), turn, on },
            None => self.drawn.push(Part { name, html: html.clone(), turn, on }),
        }
        PreEscaped(html)
    }

    /// This part, and those within it, are as they were.
    fn keep(&mut self, name: &'static str, within: &[&str]) -> Markup {
        for part in self.drawn.iter_mut().filter(|part| part.name == name || within.contains(&part.name)) {
            part.turn = self.turn;
        }
        same(name)
    }

    /// Whether this part stands in the document.
    fn has(&self, name: &str) -> bool {
        self.drawn.iter().any(|part| part.name == name)
    }
}

/// Stands for a part that is as it was.
fn same(name: &str) -> Markup {
    html! { wbr data-part=(name); }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(parts: &mut Parts, text: &str) -> String {
        parts.part("one", html! { p data-part="one" { (text) } }).into_string()
    }

    #[test]
    fn a_part_is_written_when_it_is_new_and_when_it_was_away() {
        let app = App::new("https://example.org/#p=healthy", None, false, false).0;
        let mut parts = Parts::default();
        let (first, same) = ("<p data-part=\"one\">a</p>", "<wbr data-part=\"one\">");
        let drawn = ["a", "a", "b", "a"].map(|text| {
            parts.begin(&app);
            part(&mut parts, text)
        });
        assert_eq!(drawn, [first, same, "<p data-part=\"one\">b</p>", first]);
        parts.begin(&app);
        parts.begin(&app);
        assert_eq!(part(&mut parts, "a"), first, "it was away");
    }

    #[test]
    fn what_depends_on_the_page_is_kept_while_that_is_the_same() {
        let mut app = App::new("https://example.org/#p=healthy", None, false, false).0;
        let mut parts = Parts::default();
        let on = (Some(3), (0, 0));
        parts.begin(&app);
        assert!(parts.of_page("one", &[]).is_none(), "it was never drawn");
        parts.part_on("one", on, html! { p data-part="one" {} });
        parts.begin(&app);
        assert!(parts.of_both("one", On::default(), &[]).is_none(), "it depends on something else");
        assert!(parts.of_both("one", on, &[]).is_some());
        parts.begin(&app);
        assert!(parts.of_page("one", &[]).is_some(), "it was kept");
        Rc::make_mut(&mut app.page).search = "idle".into();
        parts.begin(&app);
        assert!(parts.of_page("one", &[]).is_none(), "it is another page");
    }
}
