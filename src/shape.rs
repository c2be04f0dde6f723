//! Shapes of failures, so that colour is never all that tells them apart.

use crate::sim::error::Family;

/// The shape of a family of failures, as SVG in a box of 12 by 12 whose middle is its origin: what has the class
/// `stroke` is drawn as a line, all else is filled with the current colour. XML, and HTML.
pub fn failure(family: Family) -> &'static str {
    match family {
        Family::Reset => "<path class='stroke' d='M-3.7-3.7l7.4 7.4m0-7.4l-7.4 7.4' />",
        Family::Timeout => "<circle class='stroke' r='3.9' /><path class='stroke' d='M0-2.3V0H1.9' />",
        Family::Eof => "<path d='M0-4.6 4.6 0 0 4.6-4.6 0Z' fill='currentColor' />",
        Family::Closed => "<rect class='stroke' x='-3.5' y='-3.5' width='7' height='7' />",
        Family::Ports => "<path d='M0-4.2 4.6 3.7H-4.6Z' fill='currentColor' />",
        Family::Refused => "<circle class='stroke' r='3.9' /><path class='stroke' d='M-2.3 0H2.3' />",
    }
}
