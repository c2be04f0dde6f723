//! What stands in the document already, part by part: a part that is as it was is not written again.

use std::mem;
use std::rc::Rc;

use maud::{Markup, html};

use super::setting::Rows;
use crate::app::App;
use crate::panel::Panel;
use crate::state::Page;

/// What was drawn last, and what of it is not in [`crate::app::App`], for it only depends on what was drawn before.
#[derive(Default)]
pub struct Parts {
    known: Vec<Part>,
    /// Those that are to be drawn, a part within another one before that.
    news: Vec<String>,
    /// What was drawn.
    of: Option<(Rc<Page>, Rc<Panel>)>,
    /// It is the same page that is drawn again, maybe at another instant of its run.
    is_same_page: bool,
    /// And the same right column.
    is_same_panel: bool,
    /// The settings, as they were written last.
    pub settings: Rows,
    /// The scene in words, when it last stood still.
    pub sentence: String,
    /// Rows of errors above the charts: during a drag there may be more than there are errors.
    pub rows: usize,
}

/// As it was written last, even if it does not stand in the document any more: the page's script keeps it, too.
struct Part {
    name: String,
    html: String,
    /// What it depends on beside the page.
    on: On,
}

/// What a part depends on beside page and right column: an instant, a size.
pub type On = (Option<usize>, (i32, i32));

impl Parts {
    /// The page is drawn anew.
    pub fn begin(&mut self, app: &App) {
        let before = self.of.replace((app.page.clone(), app.panel.clone()));
        self.is_same_page = before.as_ref().is_some_and(|(page, _)| Rc::ptr_eq(page, &app.page));
        self.is_same_panel = before.is_some_and(|(_, panel)| Rc::ptr_eq(&panel, &app.panel));
    }

    /// The page that is drawn.
    pub fn page(&self) -> Option<&Page> {
        self.of.as_ref().map(|(page, _)| &**page)
    }

    /// This part, if it only depends on the page, and that is the same.
    pub fn of_page(&self, name: &str) -> Option<Markup> {
        (self.is_same_page && self.find(name).is_some()).then(|| place(name))
    }

    /// The same, if it depends on the right column, too, and on this.
    pub fn of_both(&self, name: &str, on: On) -> Option<Markup> {
        let is_same = self.is_same_page && self.is_same_panel;
        (is_same && self.find(name).is_some_and(|part| self.known[part].on == on)).then(|| place(name))
    }

    /// This part as it is, while a setting moves: of what nobody looks at then.
    pub fn unless_dragged(&self, name: &str, page: &Page) -> Option<Markup> {
        (page.is_dragged && self.find(name).is_some()).then(|| place(name))
    }

    /// A part: one element, with its name as `data-part`. It is written by itself, if it differs from the last time;
    /// where it stands is its name.
    pub fn part(&mut self, name: &str, html: Markup) -> Markup {
        self.part_on(name, On::default(), html)
    }

    /// The same, of one that depends on this.
    pub fn part_on(&mut self, name: &str, on: On, html: Markup) -> Markup {
        let html = html.into_string();
        match self.find(name) {
            Some(part) if self.known[part].html == html => self.known[part].on = on,
            Some(part) => {
                self.write(html.clone());
                (self.known[part].html, self.known[part].on) = (html, on);
            }
            None => {
                self.write(html.clone());
                self.known.push(Part { name: name.into(), html, on });
            }
        }
        place(name)
    }

    /// Has a part drawn that is known to differ from the last time.
    pub fn write(&mut self, html: String) {
        self.news.push(html);
    }

    /// The page is all there: what is to be drawn of it.
    pub fn end(&mut self, page: Markup) -> Vec<String> {
        self.part("", page);
        mem::take(&mut self.news)
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.known.iter().position(|part| part.name == name)
    }
}

/// Where a part stands.
pub fn place(name: &str) -> Markup {
    html! { wbr data-part=(name); }
}

/// What a part is called; nothing for all that stands in no other part.
#[cfg(test)]
pub fn name(part: &str) -> &str {
    let tag = part.split('>').next().unwrap_or_default();
    tag.split("data-part=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

/// All that stands in a page that is drawn for the first time.
#[cfg(test)]
pub fn whole(app: &App) -> String {
    let mut parts = super::page(app, &mut Parts::default());
    let mut page = parts.pop().unwrap_or_default();
    // What is within another part was written before it.
    for part in parts.iter().rev() {
        let name = name(part);
        let place = place(name).into_string();
        assert_eq!(page.matches(&place).count(), 1, "{name} stands in one place");
        page = page.replace(&place, part);
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Msg;
    use crate::panel::{Ask, Tab};
    use crate::shown::shown;
    use crate::state::Action;

    fn app(link: &str) -> App {
        App::new(&format!("https://example.org/#{link}"), None, false, false).0
    }

    fn drawn(parts: &mut Parts, app: &App, text: &str) -> Vec<String> {
        parts.begin(app);
        let within = parts.part("one", html! { p data-part="one" { (text) } });
        assert_eq!(within.0, "<wbr data-part=\"one\">");
        parts.end(html! { div { (within) } })
    }

    #[test]
    fn a_part_is_written_by_itself_when_it_differs_from_the_last_time() {
        let (app, mut parts) = (app("p=healthy"), Parts::default());
        let (one, page) = ("<p data-part=\"one\">a</p>", "<div><wbr data-part=\"one\"></div>");
        assert_eq!(drawn(&mut parts, &app, "a"), [one, page]);
        assert!(drawn(&mut parts, &app, "a").is_empty());
        assert_eq!(drawn(&mut parts, &app, "b"), ["<p data-part=\"one\">b</p>"]);
        parts.begin(&app);
        assert_eq!(parts.end(html! { div {} }), ["<div></div>"]);
        assert_eq!(drawn(&mut parts, &app, "b"), [page], "it was away");
    }

    #[test]
    fn what_depends_on_the_page_is_kept_while_that_is_the_same() {
        let (mut app, mut parts) = (app("p=healthy"), Parts::default());
        let on = (Some(3), (0, 0));
        parts.begin(&app);
        assert!(parts.of_page("one").is_none(), "it was never drawn");
        parts.part_on("one", on, html! { p data-part="one" {} });
        parts.begin(&app);
        assert!(parts.of_both("one", On::default()).is_none(), "it depends on something else");
        assert!(parts.of_both("one", on).is_some());
        Rc::make_mut(&mut app.page).search = "idle".into();
        parts.begin(&app);
        assert!(parts.of_page("one").is_none(), "it is another page");
    }

    #[test]
    fn every_part_stands_in_one_place() {
        for link in ["p=incident", "p=cpu&view=projector", "p=ports&view=embed", "", "p=retry-storm&idle=0"] {
            let mut app = app(link);
            let run = shown(&app.page.link());
            app.apply(Msg::Act(Action::Done(Rc::new(run))));
            app.apply(Msg::Ask(Ask::Tab(Tab::Sockets)));
            assert!(!whole(&app).contains("<wbr"), "{link}");
        }
    }
}
