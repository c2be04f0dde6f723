//! What a visitor pasted: its likely causes, each with a run that shows it.

mod facts;
mod show;

use connlab::diagnosis::{Cause, Diagnosis, Finding, NOT_RECOGNISED, Pattern};
use connlab::words;
use maud::{Markup, html};

use self::show::Shows;
use super::{Advanced, prose};
use crate::runs::RunCache;

/// What is said of a paste: its facts and causes at once, and then which presets show the same.
pub struct DiagnosisTask {
    reading: Diagnosis,
    /// The visitor's link.
    own: String,
    /// What is shown with the visitor's settings.
    shows: Shows,
    /// Presets that had been run when that was said last.
    announced: Option<usize>,
    /// Something has been shown.
    is_begun: bool,
}

impl DiagnosisTask {
    /// Nothing has been compared yet.
    pub fn new(reading: Diagnosis, own: &str) -> DiagnosisTask {
        let shows = Shows::new(&reading, own);
        DiagnosisTask { reading, own: own.into(), shows, announced: None, is_begun: false }
    }

    /// Runs presets for about so many events, if they can be compared with the facts.
    pub fn advance(&mut self, runs: &mut RunCache, budget: u32) -> Advanced {
        if self.shows.is_waiting() {
            if !std::mem::replace(&mut self.is_begun, true) {
                return Advanced::Meanwhile(self.written(html! {}));
            }
            self.shows.advance(runs, budget);
            return Advanced::More;
        }
        let facts = &self.reading.facts;
        if !facts.can_be_ranked() {
            return Advanced::Done(self.written(html! {}), says(&self.reading));
        }
        let progress = runs.presets.progress();
        if progress.0 < progress.1 && self.announced.replace(progress.0) != Some(progress.0) {
            return Advanced::Meanwhile(self.written(facts::waiting(progress)));
        }
        if !runs.presets.advance(budget) {
            return Advanced::More;
        }
        Advanced::Done(self.written(facts::agreements(facts, &runs.presets.observed)), says(&self.reading))
    }

    fn written(&self, compared: Markup) -> String {
        let facts = facts::chips(&self.reading.facts, &self.own);
        html! { (facts) (compared) (markup(&self.reading, &self.shows)) }.into_string()
    }
}

/// For somebody who does not see it.
fn says(reading: &Diagnosis) -> String {
    match &reading.findings[..] {
        [] if !reading.is_recognised() => NOT_RECOGNISED.to_string(),
        [] => reading.facts.to_string(),
        [only] => {
            let likeliest = only.subject().label();
            format!("Likely causes: {}. The likeliest: {likeliest}.", only.causes.len())
        }
        [first, ..] => {
            let (kinds, most) = (reading.findings.len(), first.subject().label());
            format!(
                "Likely causes: {kinds} kinds of errors. The most frequent: {most}, {} times.",
                words::count(first.count)
            )
        }
    }
}

fn markup(reading: &Diagnosis, shows: &Shows) -> Markup {
    let is_one = matches!(&reading.findings[..], [only] if only.count == 1);
    html! {
        @if !reading.is_recognised() { p { (NOT_RECOGNISED) } }
        @for pattern in &reading.patterns { (together(pattern, shows)) }
        @for finding in &reading.findings {
            @if !is_one { (head(finding)) }
            @if let Some(program) = finding.program { p { "Not a Go client: " (program) "'s text." } }
            ol { @for cause in &finding.causes { (item(cause, shows)) } }
        }
    }
}

/// What several kinds of errors say together.
fn together(pattern: &Pattern, shows: &Shows) -> Markup {
    html! {
        p { b { "Together: " (pattern.name) } }
        p { (prose(pattern.why)) }
        (shows.buttons(pattern.link, None))
    }
}

/// How many errors of one kind there are, and one of them.
fn head(finding: &Finding) -> Markup {
    html! {
        p { b { (words::count(finding.count)) " × " (finding.subject().label()) } }
        p { code { (finding.sample) } }
    }
}

fn item(cause: &Cause, shows: &Shows) -> Markup {
    let class = cause.subject.class().map(|class| class.spec().class);
    html! {
        li data-class=[class] {
            p { b { (cause.subject.label()) } ", " (cause.confidence.words()) }
            p { (prose(cause.why)) }
            @if let Some(link) = cause.link {
                (shows.buttons(link, cause.subject.class()))
            } @else {
                p { "ConnLab does not model this." }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use connlab::diagnosis::diagnose;

    use super::*;

    /// All that is shown of a paste, one after the other.
    fn shown(text: &str, own: &str) -> Vec<String> {
        let (mut answer, mut runs) = (DiagnosisTask::new(diagnose(text), own), RunCache::default());
        let mut shown = Vec::new();
        loop {
            match answer.advance(&mut runs, u32::MAX) {
                Advanced::More => {}
                Advanced::Meanwhile(html) => shown.push(html),
                Advanced::Done(html, _) => {
                    shown.push(html);
                    return shown;
                }
            }
        }
    }

    #[test]
    fn facts_are_there_at_once_and_presets_are_ranked_after_them() {
        let shown = shown("LISTEN 129 128 *:8080 *:*\n28231 TIME_WAIT\n", "v=1&rps=7&idle=3");
        assert!(shown.len() > 10, "the presets are run in slices");
        for html in &shown {
            assert!(html.contains("Recv-Q 129 of 128 + 1 on *:8080: accept queue full"), "{html}");
            assert!(html.contains("data-link=\"v=1&amp;rps=7&amp;idle=3&amp;somaxconn=128\""), "{html}");
        }
        let (first, last) = (&shown[0], &shown[shown.len() - 1]);
        assert!(first.contains("Comparing with the presets: 0 of "), "{first}");
        assert!(last.contains("agrees with 2 of 2 facts") || last.contains("agrees with 1 of 2 facts"), "{last}");
        assert!(last.contains("data-link=\"p=ports\""), "{last}");
    }

    /// Where the visitor's settings prevent the error, only the example is offered.
    #[test]
    fn what_is_shown_keeps_the_visitors_settings_as_far_as_the_error_still_occurs() {
        let refused = "dial tcp 10.0.0.1:80: connect: connection refused";
        let shown = shown(refused, "v=1&idle=37&seed=5");
        let (first, last) = (&shown[0], &shown[shown.len() - 1]);
        assert!(first.contains("data-link=\"p=restart\"") && !first.contains("with your settings"), "{first}");
        assert!(last.contains("p=restart") && last.contains("idle=37"), "{last}");
        assert!(last.contains("Show it with your settings") && last.contains("Show the example"), "{last}");
        for own in ["", "v=1&p=incident", "v=1&p=restart&duration=30s"] {
            let [only] = &self::shown(refused, own)[..] else { panic!("{own} has nothing to keep") };
            assert!(only.contains("Show it") && !only.contains("with your settings"), "{own}: {only}");
        }
        let spared = self::shown("Post \"http://a/\": EOF", "v=1&idle-timeout=1s");
        let last = &spared[spared.len() - 1];
        assert!(
            !last.contains("p=stale-keepalive&amp;idle-timeout=1s"),
            "that cures the EOF of idle connections: {last}"
        );
    }

    #[test]
    fn a_paste_without_trouble_in_it_runs_nothing() {
        let shown = shown("LISTEN 0 128 *:8080 *:*\n", "");
        let [only] = &shown[..] else { panic!("{shown:?}") };
        assert!(only.contains("nothing waits for accept()") && !only.contains("Comparing"), "{only}");
    }
}
