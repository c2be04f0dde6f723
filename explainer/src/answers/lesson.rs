//! A lesson: what there is to know, what is to be predicted, both runs beside the prediction, what to notice, and the
//! commands that show the same on a real machine.

use connlab::lesson::{Answer, LESSONS, Lesson, Question as Asked, Runs, Script, Step, number};
use connlab::link;
use connlab::question::Question;
use connlab::response::Response;
use maud::{Markup, html};

use super::Advanced;
use crate::runs::{LessonRuns, RunCache};

/// A lesson that is being written.
pub struct LessonTask {
    lesson: &'static Lesson,
    step: Step,
    learner: Response,
    /// Of the first run, for the next lesson.
    seed: u64,
    runs: LessonRuns,
}

impl LessonTask {
    /// By the name of the step and the learner's link; nothing has been computed yet.
    pub fn new(question: &Question) -> Option<LessonTask> {
        let decoded = link::decode(&question.text);
        let (lesson, learner) = Response::of(&decoded)?;
        let (step, seed) = (Step::named(&question.detail)?, decoded.recipe.scenario.params.seed);
        let runs = LessonRuns::new(lesson, &decoded.recipe);
        Some(LessonTask { lesson, step, learner, seed, runs })
    }

    /// Works for about so many events.
    pub fn advance(&mut self, runs: &mut RunCache, budget: u32) -> Advanced {
        let Some(runs) = self.runs.advance(runs, budget) else { return Advanced::More };
        let (markup, says) = self.written(&runs);
        Advanced::Done(markup.into_string(), says)
    }

    fn written(&self, runs: &Runs) -> (Markup, String) {
        let (script, learner) = (self.lesson.script(), &self.learner);
        let (step, says) = match self.step {
            Step::Predict => (predict(self.lesson, learner, runs), String::new()),
            Step::Compare => (compare(script, learner, runs), (script.outcome)(runs)),
            Step::Explain => (explain(script, runs), String::new()),
            Step::Real => (real(self.lesson, self.seed, runs), String::new()),
        };
        let number = self.lesson.number();
        let markup = html! {
            article.lesson data-testid="lesson" data-step=(self.step.name()) data-key=(self.step.name()) {
                p.of { "Lesson " (number) " of " (LESSONS.len()) }
                (steps(self.step))
                (step)
            }
        };
        (markup, says)
    }
}

/// How far it is; from the comparison on, every step can be read.
fn steps(now: Step) -> Markup {
    html! {
        ol.steps {
            @for step in Step::ALL {
                @let name = step.name().replace('-', " ");
                li aria-current=[(step == now).then_some("step")] {
                    @if now == Step::Predict || step == Step::Predict || step == now { span { (name) } }
                    @else { button data-do="step-of" data-with=(step.name()) { (name) } }
                }
            }
        }
    }
}

/// What there is to know, and what is asked.
fn predict(lesson: &Lesson, learner: &Response, runs: &Runs) -> Markup {
    let script = lesson.script();
    let answered = (0..script.questions.len()).filter(|at| !learner.answer(*at).is_empty()).count();
    let all = script.questions.len();
    html! {
        h2 { (lesson.title) }
        (paragraphs(&(script.situation)(runs)))
        @for (at, question) in script.questions.iter().enumerate() { (asked(at, question, learner)) }
        label.own {
            (super::prose(script.why))
            textarea rows="2" data-in="note" data-testid="because" { (learner.because) }
        }
        p.lock {
            button.btn.primary data-do="lock-in" data-testid="lock-in" disabled[answered < all] { "Lock in and run" }
            @if answered < all {
                button.go data-do="lock-in" data-testid="unpredicted" { "Run without a prediction" }
            }
        }
        p.wait { (answered) " of " (all) " predicted. The settings move once you have locked in." }
    }
}

/// A question, with what is answered so far.
fn asked(at: usize, question: &Asked, learner: &Response) -> Markup {
    let said = learner.answer(at);
    match &question.answer {
        Answer::Choice(options) => html! {
            fieldset.asked data-testid={ "question-" (at) } {
                legend { b { (at + 1) } " " (super::prose(question.text)) }
                @for (place, (text, _)) in options.iter().enumerate() {
                    @let value = (place + 1).to_string();
                    label.opt {
                        input type="radio" name={ "said-" (at) } value=(value) checked[said == value] data-in="said"
                            data-with=(at);
                        span { (super::prose(text)) }
                    }
                }
            }
        },
        Answer::Number { unit, .. } => html! {
            label.asked data-testid={ "question-" (at) } {
                span { b { (at + 1) } " " (super::prose(question.text)) }
                span.number {
                    input.text inputmode="decimal" autocomplete="off" size="7" data-in="said" data-with=(at)
                        data-value=(said);
                    " " (unit)
                }
            }
        },
    }
}

/// What was said beside what came out.
fn compare(script: &Script, learner: &Response, runs: &Runs) -> Markup {
    html! {
        h2 { (super::prose(&(script.outcome)(runs))) }
        table.said {
            tr { td {} th scope="col" { "you said" } th scope="col" { "it was" } }
            @for (at, question) in script.questions.iter().enumerate() {
                tr {
                    th scope="row" { (super::prose(question.text)) }
                    td { (super::prose(&in_words(question, learner.answer(at)))) }
                    td { b { (super::prose(&truth(question, runs))) } }
                }
            }
        }
        @if !learner.because.is_empty() { p { "You wrote: “" (learner.because) "”" } }
        label.own {
            (super::prose(script.explain))
            textarea rows="3" data-in="note" data-testid="learned" placeholder="In your own words" { (learner.learned) }
        }
        p.lock { (onwards(Step::Explain, "Explain")) }
    }
}

/// An answer as the one who gave it reads it.
fn in_words(question: &Asked, said: &str) -> String {
    match &question.answer {
        _ if said.is_empty() => "–".into(),
        Answer::Choice(_) => question.in_words(said),
        Answer::Number { unit, .. } => format!("{said} {unit}"),
    }
}

fn truth(question: &Asked, runs: &Runs) -> String {
    match &question.answer {
        Answer::Choice(_) => question.truth(runs),
        Answer::Number { unit, truth, .. } => format!("{} {unit}", number(truth(runs))),
    }
}

/// What there was to notice, and what to try next.
fn explain(script: &Script, runs: &Runs) -> Markup {
    html! {
        h2 { (super::prose(&(script.outcome)(runs))) }
        (paragraphs(&(script.notice)(runs)))
        blockquote { (super::prose(script.rule)) }
        p.talk { (super::prose(script.talk)) }
        p.lock { (onwards(Step::Real, "For real")) }
    }
}

/// How to see it on a real machine, and what becomes of the answers.
fn real(lesson: &Lesson, seed: u64, runs: &Runs) -> Markup {
    let next = LESSONS.get(lesson.number());
    html! {
        h2 { "On a real machine" }
        div.commands {
            button.btn.line data-copy { "Copy" }
            pre tabindex="0" role="region" aria-label="Commands" { code { ((lesson.script().commands)(runs)) } }
        }
        h2 { "Your answers" }
        p { "They are in the link of this page: what you predicted, what you wrote, and the run that you made. Nothing \
             leaves your device unless you send it." }
        p.lock {
            button.btn.primary data-do="share" { "Copy the link" }
            @if let Some(next) = next {
                a.btn.line href={ "#lesson=" (next.id) @if seed != 1 { "&seed=" (seed) } } {
                    "Next: " (next.title)
                }
            }
        }
    }
}

/// To the next step.
fn onwards(step: Step, name: &str) -> Markup {
    html! { button.btn.primary data-do="step-of" data-with=(step.name()) { (name) } }
}

/// Text with an empty line between paragraphs; what is strong stands between two pairs of asterisks.
fn paragraphs(text: &str) -> Markup {
    html! {
        @for paragraph in text.split("\n\n") {
            p { @for (i, part) in paragraph.split("**").enumerate() {
                @if i % 2 == 1 { b { (super::prose(part)) } } @else { (super::prose(part)) }
            } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written at a step of a learner's lesson.
    fn written(step: Step, link: &str) -> (String, String) {
        let mut task = LessonTask::new(&Question::lesson(step.name(), link.into())).expect("a lesson");
        let mut runs = RunCache::default();
        loop {
            if let Advanced::Done(html, says) = task.advance(&mut runs, 100_000) {
                return (html, says);
            }
        }
    }

    /// The link of a learner who has begun this lesson.
    fn begun(lesson: &Lesson, more: &str) -> String {
        format!("{}&lesson={}{more}", link::encode(&lesson.recipe(1)), lesson.id)
    }

    #[test]
    fn a_prediction_is_asked_for_without_a_word_of_what_comes_out() {
        for lesson in LESSONS {
            let (html, says) = written(Step::Predict, &begun(lesson, ""));
            let runs = Runs::compute(lesson, 1);
            let outcome = super::super::prose(&(lesson.script().outcome)(&runs)).into_string();
            assert!(!html.contains(&outcome) && says.is_empty(), "{}: {html}", lesson.id);
            assert!(html.contains("disabled") && html.contains("0 of "), "{}: {html}", lesson.id);
            let questions = html.matches("data-testid=\"question-").count();
            assert_eq!(questions, lesson.script().questions.len(), "{}", lesson.id);
        }
    }

    #[test]
    fn what_was_said_stands_beside_what_came_out() {
        let lesson = Lesson::named("two-idle").expect("a lesson");
        let (html, _) = written(Step::Predict, &begun(lesson, "&said=40,2"));
        assert!(html.contains("data-value=\"40\"") && html.contains("value=\"2\" checked"), "{html}");
        assert!(!html.contains("disabled"), "{html}");
        let (html, says) = written(Step::Compare, &begun(lesson, "&said=40,2&because=luck_~3cb~3e"));
        assert!(html.contains("40 of 100") && html.contains("About half as many"), "{html}");
        assert!(html.contains("A few dozen in all") && html.contains("“luck &lt;b&gt;”"), "{html}");
        assert!(says.contains(" dials become "), "{says}");
        let (html, _) = written(Step::Compare, &begun(lesson, "&said=,99"));
        assert!(
            html.contains("<td>–</td>") && html.contains("<td>99</td>"),
            "what is no answer stays as it is: {html}"
        );
    }

    #[test]
    fn every_step_of_every_lesson_is_written_and_the_last_leads_nowhere() {
        for lesson in LESSONS {
            let (html, _) = written(Step::Explain, &begun(lesson, "&said="));
            assert!(html.contains("<blockquote>") && html.contains("For-real"), "{}: {html}", lesson.id);
            let (html, _) = written(Step::Real, &begun(lesson, "&said="));
            assert!(html.contains("<pre") && html.contains("Copy the link"), "{}: {html}", lesson.id);
            assert_eq!(html.contains("Next: "), lesson.number() < LESSONS.len(), "{}", lesson.id);
        }
    }
}
