//! Why one request failed: a chain of events, each of which the playhead can go to.

use connlab::scenario::Scenario;
use connlab::sim::trace::Trace;
use connlab::time::SimTime;
use connlab::why;
use maud::{Markup, html};

/// The chain, from the cause to the error.
pub fn chain(_: &Scenario, trace: &Trace) -> Markup {
    let Some(chain) = why::chain(trace) else {
        return html! { p.wait { "Nothing more is known about it." } };
    };
    html! {
        ol.chain data-testid="why" data-request=(chain.request) data-class=(chain.class) {
            @for step in &chain.steps {
                li.root[step.is_root] data-at-ms=(step.at.as_millis_f64()) {
                    button data-instant=(step.at.as_nanos()) title=(step.place.name()) {
                        span.at { (clock(step.at)) } i {}
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

/// An instant to the millisecond: `3.214 s`.
pub fn clock(at: SimTime) -> String {
    format!("{:.3} s", at.as_secs_f64())
}
