//! The answers of a class: a pile of learners' links, as text, made into rows. Nothing of it is sent anywhere.
//!
//! What a learner hands in is the link of the page ([`crate::response`]). A pile is whatever has such links in it: a
//! chat, mails, a list. Of two links of one learner the later one counts.

use crate::experiment::design::Design;
use crate::lesson::{Answer, Lesson, Runs, number};
use crate::link::{self, Recipe};
use crate::quantity::Rate;
use crate::response::Response;
use crate::words::{count, shown};

/// More answers than this are not a class.
const ROWS_MAX: usize = 1_000;

/// What one learner handed in.
#[derive(Clone, Debug)]
pub struct Row {
    /// What was answered.
    pub response: Response,
    /// The run that the lesson started with.
    pub start: Recipe,
    /// The run in the end.
    pub last: Recipe,
    /// The link, as a page writes it.
    pub link: String,
}

/// What a class handed in.
#[derive(Clone, Debug)]
pub struct Class {
    /// The lesson of the first answer.
    pub lesson: &'static Lesson,
    /// One for each learner, in the order of the pile.
    pub rows: Vec<Row>,
    /// A sentence for whatever was left out.
    pub faults: Vec<String>,
}

/// What the answers to one question are like.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    /// What was said, in words, and how many said it: of a choice every option, of a number every value from the
    /// smallest up.
    pub said: Vec<(String, usize)>,
    /// How many said nothing.
    pub silent: usize,
}

impl Class {
    /// The answers in a pile; none if there is no learner's link in it.
    pub fn read(pile: &str) -> Option<Class> {
        let mut class: Option<Class> = None;
        for text in pile.split_whitespace().filter(|text| text.contains("lesson=")) {
            let decoded = link::decode(text);
            let Some((lesson, response)) = Response::of(&decoded) else { continue };
            let class = class.get_or_insert_with(|| Class { lesson, rows: Vec::new(), faults: Vec::new() });
            if let Some(fault) = class.fault(lesson, &response, text) {
                class.faults.push(fault);
                continue;
            }
            let last = decoded.recipe.clone();
            let start = Design::of(&decoded).design.pinned.unwrap_or_else(|| last.clone());
            class.take(Row { response, start, last, link: text.to_owned() });
        }
        class
    }

    /// Why this answer cannot be used, if so.
    fn fault(&self, lesson: &Lesson, response: &Response, text: &str) -> Option<String> {
        let who = if response.who.is_empty() { shown(text) } else { shown(&response.who) };
        if lesson.id != self.lesson.id {
            return Some(format!("{who} is left out: it is about the lesson {}, not {}.", lesson.id, self.lesson.id));
        }
        if response.said.iter().all(String::is_empty) {
            return Some(format!("{who} is left out: nothing is predicted in it."));
        }
        (self.rows.len() >= ROWS_MAX)
            .then(|| format!("{who} is left out: {} answers are enough.", count(ROWS_MAX as u64)))
    }

    fn take(&mut self, row: Row) {
        let same = |other: &Row| {
            other.link == row.link || !row.response.who.is_empty() && other.response.who == row.response.who
        };
        match self.rows.iter_mut().find(|other| same(other)) {
            Some(before) => *before = row,
            None => self.rows.push(row),
        }
    }

    /// What was said to a question, by its place.
    pub fn distribution(&self, at: usize) -> Distribution {
        let answers = || self.rows.iter().map(|row| row.response.answer(at));
        let said: Vec<(String, usize)> = match &self.lesson.script().questions[at].answer {
            Answer::Choice(options) => {
                let chose = |place: usize| answers().filter(|said| *said == place.to_string()).count();
                options.iter().zip(1..).map(|((text, _), place)| ((*text).into(), chose(place))).collect()
            }
            Answer::Number { .. } => {
                let mut numbers: Vec<Rate> = answers().filter_map(|said| Some(Rate::read(said).ok()?.value)).collect();
                numbers.sort_unstable();
                let runs = numbers.chunk_by(|a, b| a == b);
                runs.map(|run| (number(run[0].as_f64()), run.len())).collect()
            }
        };
        let counted: usize = said.iter().map(|(_, many)| many).sum();
        Distribution { said, silent: self.rows.len() - counted }
    }

    /// A table of all answers, with what was right for each learner where that is known: a row a learner.
    pub fn csv(&self, truths: &[Vec<String>]) -> String {
        let questions = self.lesson.script().questions;
        let mut head = vec!["who".to_string(), "seed".into()];
        for question in questions {
            head.extend([question.text.to_string(), format!("it was: {}", question.text)]);
        }
        head.extend(["why", "explained", "changed", "link"].map(String::from));
        let mut csv = line(&head);
        for (i, row) in self.rows.iter().enumerate() {
            let Row { response, start, last, link } = row;
            let mut cells = vec![response.who.clone(), start.scenario.params.seed.to_string()];
            for (at, question) in questions.iter().enumerate() {
                let truth = truths.get(i).and_then(|truths| truths.get(at));
                cells.extend([question.in_words(response.answer(at)), truth.cloned().unwrap_or_default()]);
            }
            let changed = link::differences(&last.scenario, &start.scenario).join("&");
            cells.extend([response.because.clone(), response.learned.clone(), changed, link.clone()]);
            csv += &line(&cells);
        }
        csv
    }
}

impl Row {
    /// What was right for this learner, question by question.
    pub fn truths(&self, lesson: &Lesson, runs: &Runs) -> Vec<String> {
        lesson.script().questions.iter().map(|question| question.truth(runs)).collect()
    }
}

/// A line of CSV (RFC 4180). What a spreadsheet would take for a formula begins with an apostrophe.
fn line(cells: &[String]) -> String {
    let cell = |cell: &String| {
        let formula = if cell.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
        format!("\"{formula}{}\"", cell.replace('"', "\"\""))
    };
    cells.iter().map(cell).collect::<Vec<_>>().join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::escaped;

    /// What a learner hands in.
    fn handed(who: &str, said: &str, because: &str) -> String {
        let lesson = Lesson::named("two-idle").expect("a lesson");
        let start = lesson.recipe(7);
        let last = link::amended(&start, lesson.change).recipe;
        let pins = link::differences(&start.scenario, &last.scenario);
        let pins: String = pins.iter().map(|pin| format!("&pin.{pin}")).collect();
        let because = escaped(because);
        format!(
            "https://example.org/#{}{pins}&lesson=two-idle&said={said}&because={because}&who={who}",
            link::encode(&last)
        )
    }

    #[test]
    fn a_pile_of_links_is_a_row_for_each_learner_with_the_later_one_of_two() {
        let pile = format!(
            "Ada 10:02\n{}\n\nBob: <{}>, sorry, {}\nsee https://example.org/#lesson=ports&said=1 and #p=incident",
            handed("Ada", "40,3", "Two fit in."),
            handed("Bob", "5,1", ""),
            handed("Bob", "50,2", "=1+1")
        );
        let class = Class::read(&pile).expect("answers");
        let who: Vec<&str> = class.rows.iter().map(|row| &*row.response.who).collect();
        assert_eq!((class.lesson.id, who), ("two-idle", vec!["Ada", "Bob"]));
        assert_eq!(class.rows[1].response.said, ["50", "2"]);
        assert_eq!((class.rows[0].start.scenario.params.idle, class.rows[0].last.scenario.params.idle), (2, 50));
        assert_eq!(class.faults.len(), 1, "{:?}", class.faults);
        assert!(class.faults[0].ends_with("it is about the lesson ports, not two-idle."), "{:?}", class.faults);
        assert!(Class::read("lesson=two-idle").is_some_and(|class| class.rows.is_empty() && class.faults.len() == 1));
        assert!(Class::read("connection reset by peer").is_none());
    }

    #[test]
    fn thirty_answers_are_a_table_and_say_how_many_predicted_what() {
        let pile: Vec<String> =
            (0..30).map(|i| handed(&format!("group-{i}"), &format!("{},{}", i % 3 * 20, 1 + i % 2), "")).collect();
        let class = Class::read(&pile.join("\n")).expect("answers");
        assert_eq!(class.rows.len(), 30);
        let numbers = class.distribution(0);
        assert_eq!(numbers.said, [("0".into(), 10), ("20".into(), 10), ("40".into(), 10)]);
        let choices = class.distribution(1);
        assert_eq!((choices.said[0].1, choices.said[1].1, choices.silent), (15, 15, 0));
        let csv = class.csv(&[]);
        assert_eq!(csv.lines().count(), 31);
        assert!(csv.contains("\"group-29\",\"7\",\"40\""), "{csv}");
    }

    #[test]
    fn what_is_written_in_a_cell_stays_in_it_and_is_no_formula() {
        let class = Class::read(&handed("Ada", "40,3", "=1+1, \"two\"")).expect("answers");
        assert!(class.csv(&[]).contains("\"'=1+1, \"\"two\"\"\""), "{}", class.csv(&[]));
        let runs = Runs::compute(class.lesson, 7);
        let truths = class.rows[0].truths(class.lesson, &runs);
        let csv = class.csv(std::slice::from_ref(&truths));
        assert!(csv.contains(&truths[0]) && csv.contains("\"idle=50\""), "{csv}");
    }
}
