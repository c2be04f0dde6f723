//! Explanations of a run: why requests fail, what cures that, what the tools of Linux would print, how it looks at an
//! instant.
//!
//! The page asks [`connlab::question::Question`]s and gets answers in HTML. All of this runs in a worker, for two
//! reasons: an explanation runs the scenario again, some of them a dozen times, and the page must not stand still
//! meanwhile; and nobody needs any of it to see the first run, so it loads later.
//!
//! Answers say what pressing something in them means by attributes that the page knows:
//!
//! - `data-instant`: the playhead goes to this instant, in nanoseconds; in a story, `data-outcome` marks its end;
//! - `data-link`: the page shows this run, and opens the class in `data-class` if there is one;
//! - `data-copy`: the text of what stands behind the button goes to the clipboard;
//! - `data-in`: what is chosen there is part of the next question, as in the page's own controls.

pub mod answers;
pub mod desk;
pub mod runs;
pub mod scene;
