//! Shapes of outcomes and icons: drawn, never only coloured. They are decorative, for words stand beside them.

use connlab::chart::Mark;
use connlab::params::Group;
use connlab::shape;
use connlab::sim::error::Family;
use maud::{Markup, PreEscaped, html};

/// The shape of an outcome.
pub fn mark(mark: Mark) -> Markup {
    match mark {
        Mark::Ok => shape("ok", "<circle r=3.7 fill=currentColor />"),
        Mark::Failure(family) => failure(family),
        Mark::Line(weight) => html! { i class={ "key key-" (weight) } aria-hidden="true" {} },
        Mark::None => Markup::default(),
    }
}

/// The shape of a family of failures.
pub fn failure(family: Family) -> Markup {
    shape(family.token(), shape::failure(family))
}

/// A queue that is full: a limit, touched.
pub fn full() -> Markup {
    shape("ink", "<path d='M-4-4.5H4v1.8H-4ZM-4-1.5H4v6H-4Z' fill=currentColor />")
}

fn shape(token: &str, drawn: &str) -> Markup {
    html! {
        svg.glyph viewBox="-6 -6 12 12" color={ "var(--" (token) ")" } aria-hidden="true" { (PreEscaped(drawn)) }
    }
}

/// Where on a request's path a group of settings lives: marks in a row, the group's one is tall.
pub fn place(group: Group) -> Markup {
    let here = match group {
        Group::Run | Group::Load => 0,
        Group::Client => 1,
        Group::Transport => 2,
        Group::ClientKernel => 3,
        Group::Network => 4,
        Group::ServerKernel => 5,
        Group::Server => 6,
    };
    let mark = |i: u32| {
        let (y, height, class) = if i == here { (0, 7, "here") } else { (2, 3, "other") };
        html! {
            rect class=(class) x={ (i * 42 / 10) "." (i * 42 % 10) } y=(y) width="3" height=(height) rx="0.8" {}
        }
    };
    html! { svg.place viewBox="0 0 29 7" aria-hidden="true" { @for i in 0..7 { (mark(i)) } } }
}

/// An icon of 16 pixels: the button says what it does.
pub fn icon(path: &str) -> Markup {
    html! { svg.icon viewBox="0 0 16 16" aria-hidden="true" { path d=(path) {} } }
}

/// A circle, half of it dark.
pub const THEME: PreEscaped<&str> = PreEscaped(
    "<svg class=icon viewBox='0 0 16 16' aria-hidden=true><circle cx=8 cy=8 r=5.5 />\
    <path class=solid d='M8 2.5a5.5 5.5 0 0 1 0 11z' /></svg>",
);

/// Three taken places and one that is refused, and the name.
pub const BRAND: PreEscaped<&str> = PreEscaped(
    "<svg class=mark viewBox='0 0 21 12' aria-hidden=true>\
    <path class=taken d='M0 1h4v10H0zM5.5 1h4v10h-4zM11 1h4v10h-4z' />\
    <path class=refused d='M16.5 4l4 4.5m0-4.5l-4 4.5' /></svg><span>ConnLab</span>",
);
/// A chain link.
pub const LINK: &str =
    "M6.800 9.200l2.400-2.400M7 5l1.500-1.500a2.600 2.600 0 0 1 4 4L11 9M9 11l-1.500 1.500a2.600 2.600 0 0 1-4-4L5 7";
/// A pin.
pub const PIN: &str = "M6 2.500h4M6.500 2.500 6 7 4.500 9v1.500h7V9L10 7l-.500-4.500M8 10.500v3.500";
/// A sequence chart: two lifelines, two packets.
pub const STORY: &str = "M3.500 2.500v11M12.500 2.500v11M3.500 4.500l9 3M12.500 8.500l-9 3";
/// Points to what folds out.
pub const FORWARD: &str = "M6.500 4l4 4-4 4";
/// Opens what is below.
pub const DOWN: &str = "M4 6.500l4 4 4-4";
/// A map: four cells.
pub const GRID: &str = "M2.500 2.500h11v11h-11zM8 2.500v11M2.500 8h11";
/// One back.
pub const BACK: &str = "M9.500 4l-4 4 4 4";
/// Two on.
pub const FAST_FORWARD: &str = "M4 4l4 4-4 4M8.500 4l4 4-4 4";
/// To the error before: an error, and the way to it.
pub const PREVIOUS_ERROR: &str = "M5.500 4l-4 4 4 4M8.500 5.500l5 5m0-5l-5 5";
/// To the next error.
pub const NEXT_ERROR: &str = "M10.500 4l4 4-4 4M2.500 5.500l5 5m0-5l-5 5";
/// Time begins to pass.
pub const PLAY: &str = "M5 3l8 5-8 5z";
/// Time stands still.
pub const PAUSE: &str = "M5.500 3.500v9M10.500 3.500v9";
/// Back to where it was.
pub const UNDO: &str = "M5.500 3 3 5.500 5.500 8M3.200 5.500H9.500a3.500 3.500 0 0 1 0 7H6";
/// A lock that is closed.
pub const LOCK: &str = "M4 7.500h8v6H4zM5.500 7.500V5.500a2.500 2.500 0 0 1 5 0v2";
/// A cross that closes.
pub const CLOSE: &str = "M4 4l8 8M12 4l-8 8";
