//! The desk: takes questions, works on one at a time, in slices, and hands out answers.

use std::collections::BTreeMap;
use std::io::Read;

use connlab::question::{Question, Topic};

use crate::answers::{Advanced, Task};
use crate::runs::RunCache;

/// Open questions, one a topic: a newer one takes the place of the one before.
#[derive(Default)]
pub struct Desk {
    open: BTreeMap<Topic, (Question, Task)>,
    runs: RunCache,
}

/// What there is to say about a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The question.
    pub question: Question,
    /// HTML; of [`Topic::Export`] text, or of a picture an address; empty where there is a file, or none.
    pub html: String,
    /// A file that was asked for.
    pub file: Option<Vec<u8>>,
    /// What to say of it to somebody who does not see it; may be empty.
    pub says: String,
    /// The link of the change that it proposes; may be empty.
    pub proposes: String,
    /// Whether this is all; otherwise there will be more.
    pub is_whole: bool,
}

impl Desk {
    /// Takes a question.
    pub fn ask(&mut self, question: Question) {
        let task = Task::new(&question, &mut self.runs);
        self.open.insert(question.topic, (question, task));
    }

    /// Takes a question about a file, which is named in it and read here.
    pub fn ask_about(&mut self, question: Question, file: Box<dyn Read>) {
        self.open.insert(question.topic, (question, Task::reading(file)));
    }

    /// Puts away all open questions.
    pub fn clear(&mut self) {
        self.open.clear();
        self.runs.elsewhere.forget();
    }

    /// Runs for others to compute, each told once: a number and a link.
    pub fn orders(&mut self) -> Vec<(u32, String)> {
        self.runs.elsewhere.orders()
    }

    /// Others have computed the run with this number: as bytes ([`connlab::sim::report::Sent`]).
    pub fn deliver(&mut self, number: u32, bytes: &[u8]) {
        self.runs.elsewhere.deliver(number, bytes);
    }

    /// Whether all questions are answered.
    pub fn is_idle(&self) -> bool {
        self.open.is_empty()
    }

    /// It is so late, in milliseconds.
    pub fn tick(&mut self, now_ms: f64) {
        self.runs.now_ms = Some(now_ms);
    }

    /// Works on the most urgent question, for about so many events.
    pub fn work(&mut self, budget: u32) -> Option<Answer> {
        let topic = Topic::ALL.into_iter().find(|topic| self.open.contains_key(topic))?;
        let (question, task) = self.open.get_mut(&topic)?;
        let (html, says, is_whole) = match task.advance(question, &mut self.runs, budget) {
            Advanced::More => return None,
            Advanced::Meanwhile(html) => (html, String::new(), false),
            Advanced::Done(html, says) => (html, says, true),
        };
        let proposes = task.proposes();
        let question = question.clone();
        let done = if is_whole { self.open.remove(&topic) } else { None };
        let file = done.and_then(|(_, task)| task.into_file());
        Some(Answer { question, html, file, says, proposes, is_whole })
    }
}

#[cfg(test)]
mod tests {
    use connlab::scene::{Scene, Viewport};
    use connlab::sim::Sim;
    use connlab::sim::replay::{Breakpoint, Goal};
    use connlab::sim::report::Sent;
    use connlab::time::{SimDuration, SimTime};
    use connlab::{bytes, link};

    use super::*;

    #[test]
    fn what_is_put_away_is_not_answered() {
        let mut desk = Desk::default();
        let question = || Question::summary("", "p=healthy&duration=1s".into());
        desk.ask(question());
        assert_eq!(desk.work(10), None, "ten events are no run");
        desk.clear();
        assert!(desk.is_idle());
        assert_eq!(desk.work(1_000_000), None);
        desk.ask(question());
        let answer = desk.work(1_000_000).expect("it can be asked again");
        assert_eq!((answer.question, answer.is_whole), (question(), true));
        assert!(desk.is_idle());
    }

    /// The last answer, with every so-manieth ordered run delivered; and how many were.
    fn with_others(question: Question, every: usize) -> (Answer, usize) {
        let mut desk = Desk::default();
        desk.ask(question);
        let (mut ordered, mut delivered) = (0, 0);
        loop {
            let answer = desk.work(20_000);
            if let Some(answer) = answer.filter(|answer| answer.is_whole) {
                return (answer, delivered);
            }
            for (number, link) in desk.orders() {
                ordered += 1;
                if ordered % every == 0 {
                    let mut sim = Sim::new(&link::scenario(&link));
                    sim.run();
                    let mut sent: Sent = (sim.report(), sim.series(), Vec::new(), true);
                    desk.deliver(number, &bytes::written(&mut sent));
                    delivered += 1;
                }
            }
        }
    }

    #[test]
    fn whoever_computes_the_runs_the_answer_is_the_same() {
        let link = || "p=incident&duration=23s&workers=8".to_string();
        for question in [Question::seeds("p=incident&duration=23s", link()), Question::matters(link())] {
            let (alone, delivered) = with_others(question.clone(), usize::MAX);
            assert_eq!(delivered, 0);
            let (with_all, all) = with_others(question.clone(), 1);
            let (with_some, some) = with_others(question, 3);
            assert_eq!((&with_all, &with_some), (&alone, &alone));
            assert!(all > 5 && some > 0, "{all} and {some}");
        }
    }

    #[test]
    fn what_is_no_run_is_as_if_it_had_not_come() {
        let mut desk = Desk::default();
        desk.ask(Question::seeds("p=healthy&duration=1s", "p=healthy&duration=1s&workers=8".into()));
        desk.work(1);
        let orders = desk.orders();
        assert!(!orders.is_empty());
        orders.iter().for_each(|(number, _)| desk.deliver(*number, &[1, 2, 3]));
        desk.deliver(77, &[]);
        while !desk.is_idle() {
            desk.work(1_000_000);
        }
    }

    #[test]
    fn an_instant_is_found_in_slices_whatever_else_is_looked_at_meanwhile() {
        let mut desk = Desk::default();
        let link = || "p=incident&duration=30s".to_string();
        let goal = |at_ms| Goal::At(SimTime::ZERO + SimDuration::from_millis(at_ms));
        let seen = |desk: &mut Desk| loop {
            if let Some(answer) = desk.work(5_000) {
                break (answer.question.topic, Scene::read(&answer.html));
            }
        };
        let viewport = Viewport::default();
        let first = Goal::First(Breakpoint::Failure(None), SimTime::ZERO);
        desk.ask(Question::scene(Topic::Picture, first, &viewport, link()));
        assert_eq!(desk.work(5_000), None, "it takes more than a slice");
        desk.ask(Question::scene(Topic::Scene, goal(12_000), &viewport, link()));
        let (topic, scene) = seen(&mut desk);
        assert_eq!((topic, scene.moment.at), (Topic::Scene, SimTime::ZERO + SimDuration::from_secs(12)));
        let (topic, scene) = seen(&mut desk);
        assert_eq!((topic, scene.found, scene.moment.requests.failed), (Topic::Picture, true, 1));
        desk.ask(Question::scene(Topic::Scene, Goal::Last(Breakpoint::Overflow, SimTime::ZERO), &viewport, link()));
        assert!(!seen(&mut desk).1.found, "nothing came before the start");
    }
}
