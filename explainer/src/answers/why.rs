//! Why one request failed: a chain of events, each of which the playhead can go to.

use connlab::sim::trace::Trace;
use connlab::sim::trace::words::instant;
use connlab::why::{self, Chain};
use maud::{Markup, html};

/// The chain, from the cause to the error or the late answer; and its root cause in a sentence.
pub fn chain(trace: &Trace) -> (Markup, String) {
    let asked = if trace.error.is_some() { "fail" } else { "take so long" };
    written(why::chain(trace), asked)
}

/// The chain from what keeps the pool empty to the dial.
pub fn dial(trace: &Trace) -> (Markup, String) {
    written(why::dial(trace), "dial")
}

fn written(chain: Option<Chain>, asked: &str) -> (Markup, String) {
    let Some(chain) = chain else {
        return (html! { p.wait { "Nothing more is known about it." } }, String::new());
    };
    let root = chain.steps.iter().find(|step| step.is_root).map_or("", |step| &step.text);
    (list(&chain), format!("Why did #{} {asked}? Root cause: {root}", chain.request))
}

fn list(chain: &Chain) -> Markup {
    html! {
        ol.chain data-testid="why" data-request=(chain.request) data-error=(chain.class) {
            @for step in &chain.steps {
                li.root[step.is_root] data-at-ms=(step.at.as_millis_f64()) {
                    button data-instant=(step.at.as_nanos()) title=(step.place.name()) {
                        span.at { (instant(step.at)) } i {}
                        span {
                            @if step.is_root { span.sr { "Root cause: " } }
                            (step.text)
                        }
                    }
                }
            }
        }
    }
}
