//! Why one request failed: a chain of events, each of which the playhead can go to.

use connlab::scenario::Scenario;
use connlab::sentence::{Trouble, tell, troubles};
use connlab::sim::Sim;
use connlab::sim::report::Report;
use connlab::sim::trace::words::instant;
use connlab::sim::trace::{Trace, Tracer};
use connlab::why::{self, Chain};
use connlab::words::count;
use maud::{Markup, html};

use super::Advanced;
use crate::runs::RunCache;

/// A chain, and the chains of what else is remarkable about the run.
pub struct WhyTask {
    scenario: Scenario,
    tracer: Tracer,
    is_about_dial: bool,
    /// What the chain is about, if that is not an error.
    about: Option<Trouble>,
    chain: Option<(Markup, String)>,
    besides: Option<Vec<Beside>>,
}

/// What else is remarkable about the run, and why.
struct Beside {
    trouble: Trouble,
    told: String,
    tracer: Tracer,
    chain: Option<Markup>,
}

impl WhyTask {
    /// Nothing has been traced yet.
    pub fn new(scenario: Scenario, request: u32, is_about_dial: bool) -> WhyTask {
        let tracer = Sim::new(&scenario).tracer(request);
        let about = is_about_dial.then_some(Trouble::Dials);
        WhyTask { scenario, tracer, is_about_dial, about, chain: None, besides: None }
    }

    /// Works for about so many events. The chain is shown as soon as it is there.
    pub fn advance(&mut self, runs: &mut RunCache, budget: u32) -> Advanced {
        let Some((chain, says)) = &self.chain else {
            let Some(trace) = self.tracer.advance(budget) else { return Advanced::More };
            if trace.error.is_none() {
                self.about = self.about.or(Some(Trouble::Slow));
            }
            let (chain, says) = if self.is_about_dial { dial(&trace) } else { chain(&trace) };
            let shown = Advanced::Meanwhile(chain.clone().into_string());
            self.chain = Some((chain, says));
            return shown;
        };
        let Some(besides) = &mut self.besides else {
            self.besides =
                runs.report(&self.scenario, budget).map(|report| besides(&self.scenario, &report, self.about));
            return Advanced::More;
        };
        if let Some(beside) = besides.iter_mut().find(|beside| beside.chain.is_none()) {
            beside.advance(budget);
            return Advanced::More;
        }
        let all = html! { (chain) @for beside in besides { (beside.written()) } };
        Advanced::Done(all.into_string(), says.clone())
    }
}

/// What else there is than what the chain is about, not traced yet.
fn besides(scenario: &Scenario, report: &Report, about: Option<Trouble>) -> Vec<Beside> {
    let others = troubles(report).into_iter().filter(|trouble| Some(*trouble) != about);
    let beside = |trouble: Trouble| {
        let tracer = Sim::new(scenario).tracer(trouble.request(report)?);
        Some(Beside { trouble, told: tell(report, trouble), tracer, chain: None })
    };
    others.filter_map(beside).collect()
}

impl Beside {
    fn advance(&mut self, budget: u32) {
        let Some(trace) = self.tracer.advance(budget) else { return };
        let (asked, chain) = match self.trouble {
            Trouble::Slow => ("take so long", why::chain(&trace)),
            Trouble::Dials => ("dial", why::dial(&trace)),
        };
        let (chain, _) = written(chain, asked, "why-beside");
        self.chain = Some(html! { h4 { "Why did #" (count(trace.request.into())) " " (asked) "?" } (chain) });
    }

    /// A sentence, with its chain behind it.
    fn written(&self) -> Markup {
        html! {
            details.besides data-testid="besides" {
                summary { "Besides, " (self.told) "." }
                @if let Some(chain) = &self.chain { (chain) }
            }
        }
    }
}

/// The chain, from the cause to the error or the late answer; and its root cause in a sentence.
fn chain(trace: &Trace) -> (Markup, String) {
    let asked = if trace.error.is_some() { "fail" } else { "take so long" };
    written(why::chain(trace), asked, "why")
}

/// The chain from what keeps the pool empty to the dial.
fn dial(trace: &Trace) -> (Markup, String) {
    written(why::dial(trace), "dial", "why")
}

/// `name`: by which tests find it.
fn written(chain: Option<Chain>, asked: &str, name: &str) -> (Markup, String) {
    let Some(chain) = chain else {
        return (html! { p.wait { "Nothing more is known about it." } }, String::new());
    };
    let root = chain.steps.iter().find(|step| step.is_root).map_or("", |step| &step.text);
    (list(&chain, name), format!("Why did #{} {asked}? Root cause: {root}", chain.request))
}

fn list(chain: &Chain, name: &str) -> Markup {
    html! {
        ol.chain data-testid=(name) data-request=(chain.request) data-error=(chain.class) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use connlab::link;

    /// The last answer, and whether the chain was shown before.
    fn answer(text: &str, request: impl Fn(&Sim) -> u32, is_about_dial: bool) -> (String, bool) {
        let scenario = link::scenario(text);
        let mut sim = Sim::new(&scenario);
        sim.run();
        let mut answer = WhyTask::new(scenario, request(&sim), is_about_dial);
        let (mut runs, mut shown) = (RunCache::default(), false);
        loop {
            match answer.advance(&mut runs, 100_000) {
                Advanced::More => {}
                Advanced::Meanwhile(html) => shown = html.contains("class=\"chain\""),
                Advanced::Done(html, _) => return (html, shown),
            }
        }
    }

    #[test]
    fn a_second_trouble_is_told_beside_the_chain_of_the_first() {
        let slow = |sim: &Sim| sim.report().slowest.expect("an answer");
        let stall = "rps=400&server=go&workers=100&idle=2&5s.service=3s&5.2s.service=20ms&timeout=0s&duration=20s";
        let (html, shown) = answer(stall, slow, false);
        assert!(shown && html.contains("Besides, ") && html.contains(" of the requests dialed."), "{html}");
        let (_, besides) = html.split_once("data-testid=\"besides\"").expect("a second trouble");
        assert_eq!(
            html.matches("data-testid=\"why\"").count(),
            1,
            "it is not taken for the chain of the first: {html}"
        );
        assert!(besides.contains(" dial?") && besides.contains("MaxIdleConnsPerHost 2: one that comes"), "{html}");
        let (html, _) = answer(stall, |sim| sim.report().dialer.expect("a dial"), true);
        let (_, besides) = html.split_once("data-testid=\"besides\"").expect("slow answers");
        assert!(besides.contains(" took a second or more") && besides.contains(" take so long?"), "{html}");
        let dialer = |sim: &Sim| sim.report().dialer.expect("a dial");
        let (html, _) = answer("p=two-idle&duration=10s", dialer, true);
        assert!(!html.contains("Besides"), "nothing but what was asked for: {html}");
    }

    #[test]
    fn what_else_is_remarkable_is_told_beside_an_error() {
        let failed = |sim: &Sim| sim.failures(sim.report().errors[0].kind)[0].request;
        let (html, _) = answer("p=restart&duration=25s", failed, false);
        let (_, besides) = html.split_once("data-testid=\"besides\"").expect("dials beside the errors");
        assert!(besides.contains(" of the requests dialed.") && besides.contains("so it dials connection"), "{html}");
    }
}
