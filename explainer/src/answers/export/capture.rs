//! The packets of a run, or of one of its requests, as a file.

use connlab::link::{self, Recipe};
use connlab::pcap::{Capture, Points, Selection, connections_of};
use connlab::sim::recording::Recording;
use connlab::sim::trace::Tracer;
use connlab::sim::{Progress, Sim};
use connlab::time::SimTime;

use super::Written;
use crate::runs::RunCache;

/// A capture ends about here, in bytes: the page says so. The incident's is two thirds of it.
const CAPTURE_MAX: usize = 50_000_000;

/// A capture under way.
pub struct Capturing {
    recipe: Recipe,
    /// Finds the connections of the request, if only they are wanted.
    tracer: Option<Box<Tracer>>,
    capture: Option<Box<Capture>>,
    bytes: Vec<u8>,
    /// It ends behind so many.
    most: usize,
}

impl Capturing {
    /// Nothing has been computed yet.
    pub fn new(recipe: Recipe, request: Option<u32>) -> Capturing {
        let tracer = request.map(|request| Box::new(Sim::new(&recipe.scenario).tracer(request)));
        Capturing { recipe, tracer, capture: None, bytes: Vec::new(), most: CAPTURE_MAX }
    }

    /// The file, after about so many more events.
    pub fn advance(&mut self, runs: &mut RunCache, budget: u32) -> Option<Written> {
        let capture = match &mut self.capture {
            Some(capture) => capture,
            none => match begin(&self.recipe, self.tracer.as_deref_mut(), runs, budget)? {
                Ok(capture) => none.insert(Box::new(capture)),
                Err(why) => return Some(Written::Not(sentence(&why))),
            },
        };
        let progress = capture.advance(budget);
        self.bytes.append(&mut capture.take_bytes());
        if progress == Progress::Budget && self.bytes.len() < self.most {
            return None;
        }
        Some(match capture.packets() {
            0 => Written::Not("There is no packet in this run.".into()),
            _ => Written::Bytes(std::mem::take(&mut self.bytes)),
        })
    }
}

/// Once it is known which connections are wanted, and the run's fingerprint, which the file names.
fn begin(
    recipe: &Recipe,
    tracer: Option<&mut Tracer>,
    runs: &mut RunCache,
    budget: u32,
) -> Option<Result<Capture, String>> {
    let report = runs.report(&recipe.scenario, budget)?;
    let connections = match tracer {
        None => None,
        Some(tracer) => match connections_of(&tracer.advance(budget)?) {
            Ok(numbers) => Some(numbers),
            Err(why) => return Some(Err(why)),
        },
    };
    let (from, to) = (SimTime::ZERO, recipe.scenario.end());
    let selection = Selection { connections, from, to, points: Points::Departures };
    let link = link::encode(recipe);
    Some(Ok(Capture::new(&recipe.scenario, Recording::default(), selection, &link, &report.fingerprint)))
}

/// With a capital letter and a full stop.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packets_of_a_large_run_end_at_the_limit_that_the_page_names() {
        let recipe = link::decode("p=healthy&duration=5s").recipe;
        let mut capturing = Capturing { most: 100_000, ..Capturing::new(recipe, None) };
        let mut runs = RunCache::default();
        let written = std::iter::repeat_with(|| capturing.advance(&mut runs, 500)).flatten().next();
        let Some(Written::Bytes(bytes)) = written else { panic!("it has packets") };
        assert!((100_000..150_000).contains(&bytes.len()), "{}", bytes.len());
        let menu = include_str!("../../../../page/src/views/share.rs");
        let named = format!("the first {} MB", CAPTURE_MAX / 1_000_000);
        assert!(menu.contains(&named), "page/src/views/share.rs does not say {named}");
    }
}
