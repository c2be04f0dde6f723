//! What can be taken away from the page: the link, the run as text, picture or files, and other views of it.

use connlab::question::{File, Topic};
use connlab::teaching::Part;
use connlab::words::count;
use maud::{Markup, html};

use super::parts::{On, Parts};
use super::{aria, code, glyph};
use crate::panel::Panel;
use crate::state::{Page, Share, View};

const PIN: (&str, &str) = ("Pin", "Keep this run as A, and compare what comes with it (B)");
const UNPIN: (&str, &str) = ("Unpin", "Compare with A no longer (B)");

/// A button that keeps the run to compare with, one that copies the link and says so, and one for everything else; a
/// box with the link where the clipboard is refused.
pub fn share(page: &Page) -> Markup {
    html! {
        div.share {
            @let (word, title) = if page.is_pinned() { UNPIN } else { PIN };
            button.btn data-testid="pin" data-do="pin" title=(title) aria-label=(word) {
                (glyph::icon(glyph::PIN))
                span { (word) }
            }
            @if !page.hides(Part::Sweep) {
                button.btn data-testid="sweep" data-do="sweep" aria-pressed=(aria(page.sweeps()))
                    title="A map of many runs: one or two settings, over many values" aria-label="Sweep" {
                    (glyph::icon(glyph::GRID))
                    span { "Sweep" }
                }
            }
            button.btn data-testid="share" data-do="share" {
                (glyph::icon(glyph::LINK))
                span { (if page.share == Share::Copied { Share::COPIED } else { "Share" }) }
            }
            button.btn.icon id="share-menu" data-testid="share-menu" popovertarget="shares"
                title="More to share (S)" aria-label="More to share" { (glyph::icon(glyph::DOWN)) }
            @if page.share == Share::Refused {
                div.popover role="group" aria-label="Share" data-escape {
                    label for="share-link" { "The browser keeps the clipboard closed. Copy the link here:" }
                    input.text id="share-link" readonly value=(page.address());
                    button.btn.line data-do="close-share" { "Close" }
                }
            }
        }
    }
}

/// The files, and what they are called in the menu. A capture ends where the explainer's does.
const FILES: [(&str, &str); 4] = [
    (File::Series.name(), "Table, a row per second (CSV)"),
    (File::Requests.name(), "Table of all requests (CSV)"),
    (File::Json.name(), "All numbers (JSON)"),
    (File::Capture.name(), "Packets of the run, the first 50 MB (pcapng)"),
];

/// This part of the page.
const SHARES: &str = "shares";

/// What the second button opens. The browser closes it on Escape and gives the focus back.
pub fn menu(page: &Page, panel: &Panel, parts: &mut Parts) -> Markup {
    let same = parts.of_both(SHARES, On::default());
    if let Some(same) = same.or_else(|| parts.unless_dragged(SHARES, page)) {
        return same;
    }
    let is_there = panel.link().is_some();
    let file = |(name, label): (&str, &str)| {
        let is_written = panel.wanted() == Some(name);
        html! {
            button.btn data-testid=(name) disabled[is_written || !is_there] data-do="export" data-with=(name) {
                (label) @if is_written { " is being written" }
            }
        }
    };
    let embed = format!(
        "<iframe src=\"{}#{}\" width=\"720\" height=\"480\" title=\"ConnLab: {}\"></iframe>",
        page.place,
        page.link_in(View::Embed.name()),
        page.title()
    );
    // The picture's file is the one that the menu hands out.
    let document = format!("[![ConnLab: {}]({})]({})", page.title(), page.file_name("picture.png"), page.address());
    let menu = html! {
        section.popover.menu id=(SHARES) data-part=(SHARES) popover="auto" role="dialog" aria-label="Share" {
            (copies("copy-link", "Copy link", Some(page.address())))
            (copies("ticket", "Copy for a ticket (Markdown)", ticket(panel)))
            button.btn data-testid="picture" disabled[!is_there] data-do="picture" {
                "Picture of scene and charts (PNG)"
            }
            (copies("document", "Copy for a document (Markdown with that picture)", Some(document)))
            @for one in FILES { (file(one)) }
            @if let Some(request) = panel.request() {
                (file((&File::capture_of(request), &format!("Packets of #{} (pcapng)", count(request.into())))))
            }
            @if !panel.refusal().is_empty() { p { (panel.refusal()) } }
            button.btn id="save-copy" title="One file, which opens with this link, without a server or a network" {
                span { "Save a copy of this page" }
            }
            (code::button())
            (copies("embed", "Copy code to embed it", Some(embed)))
            button.btn data-testid="projector" data-do="view" data-with=(View::Projector.name()) {
                "Projector, for a lecture room"
            }
        }
    };
    parts.part(SHARES, menu)
}

/// The ticket, once it is written.
fn ticket(panel: &Panel) -> Option<String> {
    let told = panel.told(Topic::Export).filter(|told| told.is_whole && panel.is_current(told))?;
    told.question.asked_ticket().map(|_| told.html.to_string())
}

/// A button that copies a text that is known, for a clipboard opens only for a press.
fn copies(testid: &str, label: &str, text: Option<String>) -> Markup {
    html! {
        button.btn data-testid=(testid) disabled[text.is_none()] data-copies=[text] { span { (label) } }
    }
}
