//! The answers of a class, pasted as a pile of links: what was predicted and what came out, question by question, and a
//! table of all of them.

use connlab::class::{Class, Distribution};
use connlab::lesson::{Question, number};
use connlab::quantity::Rate;
use connlab::words::count;
use maud::{Markup, html};

use super::{Advanced, prose};
use crate::runs::{LessonRuns, RunCache};

/// Answers that are being read: what was right for each learner takes the runs of that learner's seed.
pub struct ClassTask {
    class: Class,
    /// What was right, for each learner so far.
    truths: Vec<Vec<String>>,
    /// Those of the next learner.
    runs: Option<LessonRuns>,
    /// What is known has been shown.
    is_told: bool,
}

impl ClassTask {
    /// Nothing has been computed yet.
    pub fn new(class: Class) -> ClassTask {
        ClassTask { class, truths: Vec::new(), runs: None, is_told: false }
    }

    /// Works for about so many events.
    pub fn advance(&mut self, runs: &mut RunCache, budget: u32) -> Advanced {
        if !std::mem::replace(&mut self.is_told, true) {
            return Advanced::Meanwhile(self.written().into_string());
        }
        let Some(row) = self.class.rows.get(self.truths.len()) else {
            return Advanced::Done(self.written().into_string(), self.says());
        };
        let lesson = self.class.lesson;
        let of_learner = self.runs.get_or_insert_with(|| LessonRuns::new(lesson, &row.start));
        let Some(runs) = of_learner.advance(runs, budget) else { return Advanced::More };
        self.truths.push(row.truths(lesson, &runs));
        self.runs = None;
        self.is_told = false;
        Advanced::More
    }

    fn says(&self) -> String {
        let answers = self.class.rows.len() as u64;
        format!("{} to the lesson {}", many(answers), self.class.lesson.title)
    }

    fn written(&self) -> Markup {
        let Class { lesson, rows, faults } = &self.class;
        let questions = lesson.script().questions;
        html! {
            div.class data-testid="class" {
                h3 { (many(rows.len() as u64)) " to lesson " (lesson.number()) ": " (lesson.title) }
                @for fault in faults { p.warning { (prose(fault)) } }
                @for (at, question) in questions.iter().enumerate() {
                    (distribution(at, question, &self.class.distribution(at), &self.truths))
                }
                @if !rows.is_empty() {
                    div.sheet tabindex="0" role="region" aria-label="All answers" { (self.table()) }
                    div.csv {
                        button.btn.line data-copy { "Copy as CSV" }
                        pre hidden { (self.class.csv(&self.truths)) }
                    }
                }
            }
        }
    }

    fn table(&self) -> Markup {
        let Class { lesson, rows, .. } = &self.class;
        let questions = lesson.script().questions;
        html! {
            table {
                tr {
                    th scope="col" { "who" }
                    @for at in 0..questions.len() { th scope="col" { (at + 1) } }
                    th scope="col" { "why" } th scope="col" { "explained" }
                }
                @for (i, row) in rows.iter().enumerate() {
                    @let response = &row.response;
                    tr {
                        th scope="row" {
                            button.go data-link=(row.link) title="Open this run" {
                                @if response.who.is_empty() { (i + 1) } @else { (response.who) }
                            }
                        }
                        @for (at, question) in questions.iter().enumerate() {
                            td {
                                (prose(&question.in_words(response.answer(at))))
                                @if let Some(truth) = self.truths.get(i).and_then(|truths| truths.get(at)) {
                                    br; span.wait { "it was " (prose(truth)) }
                                }
                            }
                        }
                        td { (response.because) } td { (response.learned) }
                    }
                }
            }
        }
    }
}

/// `12 answers`.
fn many(answers: u64) -> String {
    format!("{} answer{}", count(answers), if answers == 1 { "" } else { "s" })
}

/// How many said what to a question, and what was right for how many.
fn distribution(at: usize, question: &Question, of: &Distribution, truths: &[Vec<String>]) -> Markup {
    let right = |said: &str| truths.iter().filter(|truths| truths.get(at).is_some_and(|truth| truth == said)).count();
    let mut numbers: Vec<Rate> =
        truths.iter().filter_map(|truths| Some(Rate::read(truths.get(at)?).ok()?.value)).collect();
    numbers.sort_unstable();
    let most = of.said.iter().map(|(_, many)| *many).max().unwrap_or(0).max(1);
    html! {
        h4 { (at + 1) " " (prose(question.text)) }
        ul.bars data-testid={ "said-" (at) } {
            @for (said, many) in &of.said {
                @let right = right(said);
                li.right-one[right > 0] {
                    span { (prose(said)) @if right > 0 { " – it was so for " (count(right as u64)) } }
                    b { (count(*many as u64)) }
                    i data-style={ "--share:" (many * 100 / most) "%" } {}
                }
            }
        }
        @if let Some((low, high)) = numbers.first().zip(numbers.last()) {
            p { "It was " b { (number(low.as_f64())) @if high > low { " to " (number(high.as_f64())) } } "." }
        }
        @if of.silent > 0 { p.wait { (count(of.silent as u64)) " said nothing that counts." } }
    }
}

#[cfg(test)]
mod tests {
    use connlab::lesson::Lesson;
    use connlab::link;

    use super::*;

    /// What a learner with this seed hands in.
    fn handed(who: &str, seed: u64, said: &str) -> String {
        let lesson = Lesson::named("two-idle").expect("a lesson");
        let start = lesson.recipe(seed);
        let last = link::amended(&start, lesson.change).recipe;
        format!("{}&pin.idle=2&lesson=two-idle&said={said}&because=%3Cb%3E&who={who}", link::encode(&last))
    }

    #[test]
    fn a_pile_of_answers_says_how_many_predicted_what_and_what_was_right_for_each() {
        let pile = [handed("Ada", 1, "37,3"), handed("Bob", 2, "40,3"), handed("Eve", 1, "50,1")].join("\n");
        let mut task = ClassTask::new(Class::read(&pile).expect("answers"));
        let mut runs = RunCache::default();
        let mut meanwhile = 0;
        let (html, says) = loop {
            match task.advance(&mut runs, 1_000_000) {
                Advanced::Meanwhile(html) => {
                    assert!(html.contains("3 answers"), "{html}");
                    meanwhile += 1;
                }
                Advanced::Done(html, says) => break (html, says),
                Advanced::More => {}
            }
        };
        assert_eq!((meanwhile, &*says), (4, "3 answers to the lesson Two idle connections"));
        assert!(html.matches("it was ").count() >= 6 && html.contains("it was so for 3"), "{html}");
        assert!(html.contains("<p>It was <b>37.") && html.matches("<p>It was ").count() == 1, "{html}");
        assert!(html.contains("Copy as CSV") && html.contains(">Ada</button>") && !html.contains("<b>,"), "{html}");
    }
}
