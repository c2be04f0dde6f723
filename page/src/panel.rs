//! The right column: what it is turned to, what it asks, and what it was told. Pure, without any web type.

use std::rc::Rc;

use connlab::chart::Chart;
use connlab::lesson::Step;
use connlab::link::{self, Recipe};
use connlab::params::ParamId;
use connlab::preset::Preset;
use connlab::question::{Question, Ticket, Topic};
use connlab::sentence::{Trouble, troubles};
use connlab::sim::error::ErrorKind;
use connlab::sim::failures::Failure;
use connlab::sockets::SocketHost;
use connlab::teaching::Part;
use connlab::time::SimTime;

use crate::shown::Shown;
use crate::state::{Page, Run, View};

/// What the right column is turned to, and the answers that it has.
#[derive(Clone, Default)]
pub struct Panel {
    /// Which tab.
    pub tab: Tab,
    /// Whose sockets: the server's, or those of the client host with this number.
    pub client: Option<u16>,
    /// The visitor's own error.
    pub pasted: String,
    /// The name of the file that was given instead.
    pub file: Option<String>,
    /// The link of the visitor's own settings: what is shown for an error starts from them.
    pub own: String,
    /// A story is shown as a table instead of a chart.
    pub as_table: bool,
    /// The chart whose table is open.
    pub table: Option<Chart>,
    /// The run that it is about; `None` while that is computed.
    run: Option<Rc<Shown>>,
    /// The class whose row is open.
    kind: Option<ErrorKind>,
    /// Which of its listed failures is explained.
    case: usize,
    /// Its story is open.
    story: bool,
    /// The last one of each topic.
    answers: Vec<Rc<Told>>,
    /// The menu of what can be taken away is open.
    shares: bool,
    /// The code of the link is.
    codes: bool,
    /// The cell of the map that is looked at, by the places of its values.
    pub cell: Option<(usize, usize)>,
    /// The map that is not to be filled any further.
    stopped: Option<Question>,
    /// Those of [`FOLDED`] that are open.
    open: [bool; FOLDED.len()],
    /// The setting whose size is asked for; none: the one that comes first.
    sized: Option<ParamId>,
    /// The file that is being written, by the end of its name.
    wanted: Option<String>,
    /// Why there is no file of those that were asked for last; empty where there is.
    refusal: String,
    /// The preset whose cure was found first, and the settings that it changes.
    levers: (Option<&'static str>, Vec<ParamId>),
}

/// What is asked for whom opens it, as it is called.
pub const FOLDED: [(Topic, &str); 3] = [
    (Topic::Matters, "What matters here?"),
    (Topic::Late, "When was it too late?"),
    (Topic::Enough, "How large should it be?"),
];

/// What is known about a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What was asked.
    pub question: Question,
    /// HTML.
    pub html: Rc<str>,
    /// What a screen reader announces of it; may be empty.
    pub says: String,
    /// The link of the change that it proposes; may be empty.
    pub proposes: String,
    /// Whether this is all.
    pub is_whole: bool,
}

impl Told {
    /// What stands in the place of an answer that will not come.
    pub fn lost(question: Question) -> Told {
        let html = "<p class=wait>The explanations could not be loaded. Reload the page to try again.</p>".into();
        Told { question, html, says: String::new(), proposes: String::new(), is_whole: true }
    }
}

/// The parts of the right column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// What went wrong, why, and what cures it.
    #[default]
    Errors,
    /// The sockets at the playhead.
    Sockets,
    /// The run as a load generator prints it.
    Summary,
    /// A cell of the map, while there is one.
    Cell,
    /// A lesson, while there is one.
    Lesson,
}

/// What happened to the right column.
#[derive(Clone)]
pub enum Ask {
    /// Another tab.
    Tab(Tab),
    /// Another host's sockets.
    Host(Option<u16>),
    /// The visitor's own error.
    Pasted(String),
    /// A file with it, by its name.
    File(String),
    /// Another failure of the open class.
    Case(usize),
    /// Its story is opened, or closed.
    Story(bool),
    /// Stories as tables, or as charts.
    AsTable(bool),
    /// A chart's table is opened, or closed.
    Table(Chart, bool),
    /// A cell of the map is looked at.
    Cell(usize, usize),
    /// The map is not filled any further, or is again.
    Stop(bool),
    /// One of [`FOLDED`], by its place, is opened, or closed.
    Fold(usize, bool),
    /// A setting whose size is asked for.
    Size(ParamId),
    /// The menu of what can be taken away is opened, or closed.
    Shares(bool),
    /// The code of the link is opened, or closed.
    Code(bool),
    /// A file is to be written, by the end of its name.
    Export(String),
    /// A picture is to be taken.
    Picture,
    /// An answer, or a part of one.
    Told(Told),
}

impl Panel {
    /// Turns to this class of this run.
    pub fn look(&mut self, run: Option<&Rc<Shown>>, kind: Option<ErrorKind>) {
        if !self.looks_at(run, kind) {
            (self.kind, self.case) = (kind, 0);
        }
        self.run = run.cloned();
        self.story &= run.is_none() || self.request().is_some();
    }

    /// Whether it is turned to this class of this run already.
    pub fn looks_at(&self, run: Option<&Rc<Shown>>, kind: Option<ErrorKind>) -> bool {
        self.run.as_ref().map(Rc::as_ptr) == run.map(Rc::as_ptr) && self.kind == kind
    }

    /// Does what happened.
    pub fn apply(&mut self, ask: Ask) {
        match ask {
            Ask::Tab(tab) => self.tab = tab,
            Ask::Host(client) => self.client = client,
            Ask::Pasted(text) => (self.pasted, self.file) = (text, None),
            Ask::File(name) => self.file = Some(name),
            Ask::Case(case) => self.case = case.min(self.cases().len().saturating_sub(1)),
            Ask::Story(open) => self.story = open,
            Ask::AsTable(as_table) => self.as_table = as_table,
            Ask::Table(chart, open) => self.turn_to(chart, open),
            Ask::Cell(x, y) => (self.cell, self.tab) = (Some((x, y)), Tab::Cell),
            Ask::Stop(stops) => {
                self.stopped = self.told(Topic::Sweep).filter(|_| stops).map(|told| told.question.clone());
            }
            Ask::Fold(at, open) => self.open[at] = open,
            Ask::Size(param) => self.sized = Some(param),
            Ask::Shares(open) => self.shares = open,
            Ask::Code(open) => self.codes = open,
            Ask::Export(name) => self.wanted = Some(name),
            // Nothing of it is kept.
            Ask::Picture => {}
            Ask::Told(told) => {
                self.learn(&told);
                if self.is_wanted(&told) {
                    self.wanted = None;
                    self.refusal.clone_from(&told.says);
                }
                self.answers.retain(|before| before.question.topic != told.question.topic);
                self.answers.push(Rc::new(told));
            }
        }
    }

    /// One table is open at a time; another chart's is not shown for it.
    fn turn_to(&mut self, chart: Chart, open: bool) {
        if open {
            self.table = Some(chart);
            self.answers.retain(|told| told.question.topic != Topic::Table || told.question.detail == chart.id());
        } else {
            self.table.take_if(|last| *last == chart);
        }
    }

    /// Which settings cure a preset. They stay until another preset's are known: also when the cure has been tried and
    /// nothing fails any more, and when a setting was moved and another change would help now.
    fn learn(&mut self, told: &Told) {
        if told.proposes.is_empty() {
            return;
        }
        let [now, cured] = [&told.question.text, &told.proposes].map(|link| link::decode(link).recipe);
        let preset = now.preset.map(|preset| preset.name);
        if self.levers.1.is_empty() || self.levers.0 != preset {
            let differs =
                |param: &ParamId| param.spec().get(&now.scenario.params) != param.spec().get(&cured.scenario.params);
            self.levers = (preset, ParamId::ALL.iter().copied().filter(differs).collect());
        }
    }

    /// The settings that cure this preset, as far as that is known.
    pub fn levers(&self, preset: Option<&Preset>) -> &[ParamId] {
        if self.levers.0 == preset.map(|preset| preset.name) { &self.levers.1 } else { &[] }
    }

    /// The playhead was sent to an instant: a failure of the open class that happened just then is the one to explain.
    /// But not while its story is read: other requests may have failed at an instant of it.
    pub fn at(&self, at: SimTime) -> Option<Ask> {
        if self.story || self.failure()?.ended == at {
            return None;
        }
        self.cases().iter().position(|failure| failure.ended == at).map(Ask::Case)
    }

    /// The failures of the open class that can be explained.
    pub fn cases(&self) -> &[Failure] {
        match (&self.run, self.kind) {
            (Some(run), Some(kind)) => run.failures(kind),
            _ => &[],
        }
    }

    /// Which of them is.
    pub fn case(&self) -> usize {
        self.case
    }

    /// The failure to explain.
    pub fn failure(&self) -> Option<&Failure> {
        self.cases().get(self.case)
    }

    /// The request to explain: that failure, or the one that shows what is remarkable.
    pub fn request(&self) -> Option<u32> {
        let remarkable = || self.trouble()?.request(&self.run.as_ref()?.report);
        self.failure().map(|failure| failure.request).or_else(remarkable)
    }

    /// The request whose story is open.
    pub fn story(&self) -> Option<u32> {
        self.request().filter(|_| self.story)
    }

    /// What is asked about a run in which nothing failed, if it is remarkable: why the slowest answer took so long, or
    /// why a request dialed.
    pub fn remarkable(&self, link: &str) -> Option<Question> {
        let ask = if self.trouble()? == Trouble::Dials { Question::dial } else { Question::why };
        Some(ask(self.request()?, link.to_string()))
    }

    /// What is remarkable about a run in which nothing failed.
    fn trouble(&self) -> Option<Trouble> {
        let report = &self.run.as_ref()?.report;
        if report.errors.is_empty() { troubles(report).first().copied() } else { None }
    }

    /// What is asked for an open story, of the run with this link.
    fn story_question(&self, link: &str) -> Option<Question> {
        self.story().map(|request| Question::story(request, link.to_string()))
    }

    /// The visitor's own settings are these now. A file is not read again for them.
    pub fn change(&mut self, recipe: &Recipe) {
        if self.file.is_none() && !self.pasted.is_empty() {
            self.own = link::encode(recipe);
        }
    }

    /// The visitor's own error: the file's name, or the text itself.
    pub fn given(&self) -> &str {
        self.file.as_deref().unwrap_or(&self.pasted)
    }

    /// Whether this is about what is looked at now, not about an earlier run, failure or line.
    pub fn is_current(&self, told: &Told) -> bool {
        let Question { topic, detail, text } = &told.question;
        let is_of_run = || self.run.as_ref().is_some_and(|run| run.link == *text);
        match topic {
            Topic::Diagnosis => *text == self.given() && *detail == self.own,
            Topic::Why | Topic::Story => is_of_run() && told.question.request() == self.request(),
            Topic::Cure => is_of_run() && told.question.class() == self.kind,
            Topic::Late => is_of_run() && detail == self.cure(),
            // Who predicts reads what they read before.
            Topic::Help | Topic::Lesson | Topic::Code => true,
            Topic::Cell => is_of_run() && told.question.cell_at() == self.cell,
            Topic::Difference
            | Topic::Seeds
            | Topic::Matters
            | Topic::Enough
            | Topic::Sweep
            | Topic::Sockets
            | Topic::Summary
            | Topic::Card
            | Topic::Risks
            | Topic::Export
            | Topic::Table
            | Topic::Scene
            | Topic::Picture => is_of_run(),
        }
    }

    /// The tab that is turned to, or the first one, where that is not to be seen; none where there is none.
    pub fn tab(&self, page: &Page) -> Option<Tab> {
        let all = Tab::all(page);
        all.iter().copied().find(|tab| *tab == self.tab).or(all.first().copied())
    }

    /// What was said last about a topic.
    pub fn told(&self, topic: Topic) -> Option<&Rc<Told>> {
        self.answers.iter().find(|told| told.question.topic == topic)
    }

    /// Whether the map that is shown is not filled any further.
    pub fn is_stopped(&self) -> bool {
        self.told(Topic::Sweep).is_some_and(|told| self.stopped.as_ref() == Some(&told.question))
    }

    /// What the map is asked: all of it, and the cell that is looked at.
    fn sweep(&self, page: &Page, link: &str, questions: &mut Vec<Question>) {
        let sweep = Question::sweep(&page.design(), link.into());
        if self.stopped.as_ref() != Some(&sweep) {
            questions.push(sweep);
        }
        if self.tab == Tab::Cell {
            questions.push(Question::cell(self.cell, &page.design(), link.into()));
        }
    }

    /// Whether the code of the link is open.
    pub fn shows_code(&self) -> bool {
        self.codes
    }

    /// The file that is being written.
    pub fn wanted(&self) -> Option<&str> {
        self.wanted.as_deref()
    }

    /// Whether this is that file, or why there is none.
    pub fn is_wanted(&self, told: &Told) -> bool {
        told.question.topic == Topic::Export && self.wanted() == Some(&told.question.detail)
    }

    /// Why there is no file of those that were asked for last; empty where there is.
    pub fn refusal(&self) -> &str {
        &self.refusal
    }

    /// The link of the run that it is about.
    pub fn link(&self) -> Option<&str> {
        self.run.as_ref().map(|run| &*run.link)
    }

    /// A file that was asked for and is not there yet; otherwise the ticket, while its box is open.
    fn export(&self, page: &Page, link: &str) -> Option<Question> {
        if let Some(name) = self.wanted() {
            return Some(Question::file(name, page.link()));
        }
        let ticket = || Ticket {
            request: self.failure().map(|failure| failure.request),
            proposed: self.cure().into(),
            page: page.place.clone(),
        };
        self.shares.then(|| Question::ticket(&ticket(), link.into()))
    }

    /// The link of the change that cures what is looked at; empty while none is known.
    fn cure(&self) -> &str {
        let told = self.told(Topic::Cure).filter(|told| self.is_current(told));
        told.map_or("", |told| &told.proposes)
    }

    /// Whether one of [`FOLDED`] is open; none where it cannot be asked.
    pub fn is_open(&self, at: usize, page: &Page) -> Option<bool> {
        let is_asked = FOLDED[at].0 != Topic::Late || page.other().is_some() || !self.cure().is_empty();
        is_asked.then_some(self.open[at])
    }

    /// What is asked where one of [`FOLDED`] is open.
    fn folded(&self, at: usize, page: &Page, link: String) -> Option<Question> {
        let (cured, topic) = (self.cure(), FOLDED[at].0);
        let pinned = page.before().filter(|_| page.is_pinned());
        self.is_open(at, page)?.then(|| match topic {
            // Of two runs, what was changed; of one, what cures it.
            Topic::Late => Question::late(pinned.unwrap_or(cured), pinned.is_some(), link),
            Topic::Enough => {
                let key = self.sized.map_or("", |param| param.spec().key);
                Question::enough([key, page.key("slo"), cured], link)
            }
            _ => Question::matters(link),
        })
    }

    /// What explains the failure that is chosen, or what else is remarkable, and what cures it.
    fn explain(&self, link: &str, questions: &mut Vec<Question>) {
        if let Some(failure) = self.failure() {
            questions.push(Question::why(failure.request, link.into()));
            questions.push(Question::cure(failure.kind, link.into()));
        }
        questions.extend(self.remarkable(link));
        questions.extend(self.trouble().map(|trouble| Question::cure_of(trouble.name(), link.into())));
    }

    /// What the page wants to know now, with the playhead at this instant.
    pub fn questions(&self, page: &Page, at: SimTime) -> Vec<Question> {
        let mut questions = Vec::new();
        if !self.given().trim().is_empty() {
            questions.push(Question::diagnosis(self.given().to_string(), &self.own));
        }
        if page.run != Run::Done || page.view() == View::Start {
            return questions;
        }
        if self.codes {
            questions.push(Question::code(page.address(), page.key("groups")));
        }
        let link = link::encode(&page.recipe);
        questions.extend(self.table.map(|chart| Question::table(chart.id(), link.clone())));
        if page.view() == View::Embed {
            return questions;
        }
        if page.view() == View::Projector {
            self.explain(&link, &mut questions);
            questions.extend(page.before().filter(|_| page.is_pinned()).map(|a| Question::seeds(a, link.clone())));
            return questions;
        }
        if page.sweeps() {
            self.sweep(page, &link, &mut questions);
        }
        questions.extend(self.story_question(&link));
        questions.extend(self.export(page, &link));
        match self.tab(page).unwrap_or(Tab::Cell) {
            Tab::Errors => {
                self.explain(&link, &mut questions);
                questions.push(Question::risks(link.clone()));
                for at in 0..FOLDED.len() {
                    questions.extend(self.folded(at, page, link.clone()));
                }
                if let Some(before) = page.before() {
                    questions.push(Question::difference(before, page.is_pinned(), link.clone()));
                    questions.push(Question::seeds(before, link.clone()));
                }
            }
            Tab::Sockets => {
                let clients = page.recipe.scenario.params.clients;
                let client = self.client.filter(|client| u32::from(*client) < clients);
                questions.push(Question::sockets(
                    client.map_or(SocketHost::Server, SocketHost::Client),
                    at,
                    link.clone(),
                ));
            }
            Tab::Summary => questions.push(Question::summary(page.key("slo"), link.clone())),
            Tab::Lesson => {
                questions.push(Question::lesson(page.notes.step.name(), page.learner()));
                let before = page.before().filter(|_| page.notes.step > Step::Predict);
                questions.extend(before.map(|a| Question::seeds(a, link.clone())));
            }
            Tab::Cell => {}
        }
        if page.model_card {
            questions.push(Question::card(link));
        }
        questions
    }
}

impl Tab {
    /// All of them, from left to right.
    pub const ALL: [Tab; 5] = [Tab::Lesson, Tab::Cell, Tab::Errors, Tab::Sockets, Tab::Summary];

    /// Those that are there.
    pub fn all(page: &Page) -> Vec<Tab> {
        let is_there = |tab: &Tab| match tab {
            Tab::Lesson => page.lesson().is_some(),
            Tab::Cell => page.sweeps(),
            Tab::Errors => !page.hides(Part::Errors),
            Tab::Sockets => page.reveals("") && !page.hides(Part::Sockets),
            Tab::Summary => !page.hides(Part::Summary),
        };
        Tab::ALL.into_iter().filter(is_there).collect()
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Tab::Errors => "Errors",
            Tab::Sockets => "Sockets",
            Tab::Summary => "Summary",
            Tab::Cell => "Cell",
            Tab::Lesson => "Lesson",
        }
    }
}

#[cfg(test)]
mod tests;
