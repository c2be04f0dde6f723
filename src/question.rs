//! What may be asked about a run, as text: so it can be sent to where it is answered.

use std::fmt;

use crate::scene::{self, Viewport};
use crate::sim::error::ErrorKind;
use crate::sim::replay::Goal;
use crate::sockets::SocketHost;
use crate::time::SimTime;

/// What an answer is about. There is one place on the page for each, and so at most one open question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Why a request failed.
    Why,
    /// What would cure a class of errors.
    Cure,
    /// What a change did.
    Difference,
    /// What it does with other seeds, too.
    Seeds,
    /// A lesson.
    Lesson,
    /// An address as a code for cameras.
    Code,
    /// Which settings matter for a run.
    Matters,
    /// A sweep over one or two settings.
    Sweep,
    /// One of its cells.
    Cell,
    /// Until when a change would have been in time.
    Late,
    /// How large a setting should be.
    Enough,
    /// The packets of one request.
    Story,
    /// The sockets at an instant.
    Sockets,
    /// The run as load generators print it.
    Summary,
    /// What a log line means.
    Diagnosis,
    /// Whether theory agrees, and what is modelled.
    Card,
    /// What the settings make possible, beside the errors of the run.
    Risks,
    /// The run as a file, or as a ticket: text, no HTML.
    Export,
    /// The numbers behind a chart.
    Table,
    /// What settings, presets and errors mean: text, no HTML.
    Help,
    /// The scene at an instant, or where something happens: text, no HTML.
    Scene,
    /// The same, for a picture to take away.
    Picture,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What it is about.
    pub topic: Topic,
    /// What it is about in particular: a request, a class, an instant; may be empty.
    pub detail: String,
    /// The link of the run, or for [`Topic::Diagnosis`] what was pasted.
    pub text: String,
}

/// Stands before the link of a run that is pinned.
const PINNED: &str = "A;";

/// Stands before the number of a request whose dial is asked about.
const DIAL: &str = "dial-";

/// A run as a file. Beside these there are the packets of one request ([`File::capture_of`]) and pictures of charts,
/// which the explainer names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// A row per simulated second.
    Series,
    /// A row per request.
    Requests,
    /// The whole report.
    Json,
    /// The packets.
    Capture,
}

/// What a ticket tells beside the run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ticket {
    /// The failed request whose chain is told.
    pub request: Option<u32>,
    /// The link of the change that cures it; empty while none is known.
    pub proposed: String,
    /// Where the page is that shows the run.
    pub page: String,
}

impl File {
    /// All files.
    pub const ALL: [File; 4] = [File::Series, File::Requests, File::Json, File::Capture];

    /// The end of its name.
    pub const fn name(self) -> &'static str {
        match self {
            File::Series => "series.csv",
            File::Requests => "requests.csv",
            File::Json => "report.json",
            File::Capture => "run.pcapng",
        }
    }

    /// The same for the packets of the n-th request.
    pub fn capture_of(request: u32) -> String {
        format!("request-{request}.pcapng")
    }
}

impl Topic {
    /// All topics, what is most urgent first.
    pub const ALL: [Topic; 22] = [
        Topic::Scene,
        Topic::Picture,
        Topic::Help,
        Topic::Why,
        Topic::Story,
        Topic::Sockets,
        Topic::Cell,
        Topic::Lesson,
        Topic::Code,
        Topic::Table,
        Topic::Diagnosis,
        Topic::Difference,
        Topic::Summary,
        Topic::Export,
        Topic::Card,
        Topic::Risks,
        Topic::Cure,
        Topic::Seeds,
        Topic::Matters,
        Topic::Sweep,
        Topic::Late,
        Topic::Enough,
    ];

    /// Its name in a message.
    pub fn name(self) -> &'static str {
        match self {
            Topic::Why => "why",
            Topic::Cure => "cure",
            Topic::Difference => "difference",
            Topic::Seeds => "seeds",
            Topic::Lesson => "lesson",
            Topic::Code => "code",
            Topic::Matters => "matters",
            Topic::Sweep => "sweep",
            Topic::Cell => "cell",
            Topic::Late => "late",
            Topic::Enough => "enough",
            Topic::Story => "story",
            Topic::Sockets => "sockets",
            Topic::Summary => "summary",
            Topic::Diagnosis => "diagnosis",
            Topic::Card => "card",
            Topic::Risks => "risks",
            Topic::Export => "export",
            Topic::Table => "table",
            Topic::Help => "help",
            Topic::Scene => "scene",
            Topic::Picture => "picture",
        }
    }
}

impl Question {
    /// Why did the n-th request of the link's run fail?
    pub fn why(request: u32, link: String) -> Question {
        Question { topic: Topic::Why, detail: request.to_string(), text: link }
    }

    /// Why did the n-th request of the link's run dial?
    pub fn dial(request: u32, link: String) -> Question {
        Question { topic: Topic::Why, detail: format!("{DIAL}{request}"), text: link }
    }

    /// Whether it is about a dial, and not about the outcome.
    pub fn is_about_dial(&self) -> bool {
        self.topic == Topic::Why && self.detail.starts_with(DIAL)
    }

    /// What happened to the n-th request of the link's run, packet by packet?
    pub fn story(request: u32, link: String) -> Question {
        Question { topic: Topic::Story, detail: request.to_string(), text: link }
    }

    /// Which change of one setting cures this class?
    pub fn cure(class: ErrorKind, link: String) -> Question {
        Question { topic: Topic::Cure, detail: class.class().to_string(), text: link }
    }

    /// Which change of one setting cures the slow answers (`slow`), or the dials (`dials`), of a run without failures?
    #[inline]
    pub fn cure_of(trouble: &str, link: String) -> Question {
        Question { topic: Topic::Cure, detail: trouble.to_string(), text: link }
    }

    /// What did the change from the link `before` do; or, of a run that is pinned, what is between A and B?
    pub fn difference(before: &str, is_pinned: bool, link: String) -> Question {
        let pinned = if is_pinned { PINNED } else { "" };
        Question { topic: Topic::Difference, detail: format!("{pinned}{before}"), text: link }
    }

    /// The link to compare with, and whether that run is pinned.
    pub fn compared(&self) -> (&str, bool) {
        let pinned = self.detail.strip_prefix(PINNED);
        (pinned.unwrap_or(&self.detail), pinned.is_some())
    }

    /// What does the change from the link `before` do with other seeds, too?
    pub fn seeds(before: &str, link: String) -> Question {
        Question { topic: Topic::Seeds, detail: before.to_string(), text: link }
    }

    /// What does a lesson say at this step, by its name, to whom has answered so far what `link` says
    /// (`lesson=ID&seed=7&said=1,190`)?
    pub fn lesson(step: &str, link: String) -> Question {
        Question { topic: Topic::Lesson, detail: step.to_string(), text: link }
    }

    /// Which settings matter for the link's run?
    pub fn matters(link: String) -> Question {
        Question { topic: Topic::Matters, detail: String::new(), text: link }
    }

    /// What do settings do over all of these values ([`crate::experiment::design`], as keys of a link)?
    pub fn sweep(keys: &str, link: String) -> Question {
        Question { topic: Topic::Sweep, detail: keys.to_string(), text: link }
    }

    /// What about one cell of that, by the places of its values; without one, about that of the run itself?
    pub fn cell(place: Option<(usize, usize)>, keys: &str, link: String) -> Question {
        let place = place.map_or_else(String::new, |(x, y)| format!("{x},{y}"));
        Question { topic: Topic::Cell, detail: format!("{place};{keys}"), text: link }
    }

    /// The link of the run with the keys of its sweep.
    pub fn design(&self) -> String {
        let keys = self.detail.split_once(';').filter(|_| self.topic == Topic::Cell).map_or(&*self.detail, |it| it.1);
        format!("{}&{keys}", self.text)
    }

    /// The cell that it is about.
    pub fn cell_at(&self) -> Option<(usize, usize)> {
        let (x, y) = self.detail.split_once(';')?.0.split_once(',')?;
        Some((x.parse().ok()?, y.parse().ok()?))
    }

    /// When was it too late for the change to the link `other`; or, where that is pinned, for the change from there?
    pub fn late(other: &str, is_pinned: bool, link: String) -> Question {
        Question { topic: Topic::Late, ..Question::difference(other, is_pinned, link) }
    }

    /// How large should a setting be, so that the link's run keeps its thresholds? Its link key, empty for the one that
    /// comes first; the thresholds, as links have them; the link of the change that cures the run, empty while none is
    /// known.
    pub fn enough(size: [&str; 3], link: String) -> Question {
        let mut detail = size.join("\n");
        detail.retain(|c| c != ' ');
        Question { topic: Topic::Enough, detail, text: link }
    }

    /// Which sockets does this host have at this instant?
    pub fn sockets(host: SocketHost, at: SimTime, link: String) -> Question {
        let host = match host {
            SocketHost::Server => "server".to_string(),
            SocketHost::Client(number) => number.to_string(),
        };
        Question { topic: Topic::Sockets, detail: format!("{host},{}", at.as_nanos()), text: link }
    }

    /// How does a load generator print the link's run, and does it keep these limits (see [`crate::summary`])?
    pub fn summary(slo: &str, link: String) -> Question {
        let detail = slo.split_whitespace().collect();
        Question { topic: Topic::Summary, detail, text: link }
    }

    /// The link's run as a file, by the end of its name. What is pinned in the link belongs to a picture.
    pub fn file(name: &str, link: String) -> Question {
        Question { topic: Topic::Export, detail: name.into(), text: link }
    }

    /// The link's run in a few lines, for a ticket.
    pub fn ticket(ticket: &Ticket, link: String) -> Question {
        let request = ticket.request.map_or_else(String::new, |request| request.to_string());
        // Neither links nor addresses have line ends.
        let detail = [&*request, &ticket.proposed, &ticket.page].join("\n");
        Question { topic: Topic::Export, detail, text: link }
    }

    /// How does this address look as a code for cameras, and those of its groups (`6`, or their names)?
    pub fn code(address: String, groups: &str) -> Question {
        Question { topic: Topic::Code, detail: groups.split_whitespace().collect(), text: address }
    }

    /// Does theory agree with the link's run, and what is modelled?
    pub fn card(link: String) -> Question {
        Question { topic: Topic::Card, detail: String::new(), text: link }
    }

    /// Which numbers are behind the chart with this name, of the link's run?
    pub fn table(chart: &str, link: String) -> Question {
        Question { topic: Topic::Table, detail: chart.to_string(), text: link }
    }

    /// What do settings, presets and errors mean (see [`crate::help`])?
    pub fn help() -> Question {
        Question { topic: Topic::Help, detail: String::new(), text: String::new() }
    }

    /// How does the link's run look at `goal`, on this canvas?
    #[inline]
    pub fn scene(topic: Topic, goal: Goal, viewport: &Viewport, link: String) -> Question {
        Question { topic, detail: format!("{};{viewport}", scene::goal_text(goal)), text: link }
    }

    /// Which risks has the link's run not met?
    pub fn risks(link: String) -> Question {
        Question { topic: Topic::Risks, detail: String::new(), text: link }
    }

    /// What does this text mean, of somebody whose settings are those of the link `own`?
    pub fn diagnosis(text: String, own: &str) -> Question {
        Question { topic: Topic::Diagnosis, detail: own.to_string(), text }
    }

    /// Reads what its `Display` writes.
    pub fn read(message: &str) -> Option<Question> {
        let mut parts = message.splitn(3, ' ');
        let (name, detail, text) = (parts.next()?, parts.next()?, parts.next()?);
        let topic = Topic::ALL.into_iter().find(|topic| topic.name() == name)?;
        Some(Question { topic, detail: detail.to_string(), text: text.to_string() })
    }

    /// The file that it asks for.
    pub fn asked_file(&self) -> Option<File> {
        File::ALL.into_iter().find(|file| file.name() == self.detail)
    }

    /// The request whose packets it asks for.
    pub fn asked_capture(&self) -> Option<u32> {
        self.detail.strip_prefix("request-")?.strip_suffix(".pcapng")?.parse().ok()
    }

    /// The ticket that it asks for.
    pub fn asked_ticket(&self) -> Option<Ticket> {
        let mut parts = self.detail.split('\n');
        let (request, proposed, page) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Ticket { request: request.parse().ok(), proposed: proposed.into(), page: page.into() })
    }

    /// Key, thresholds and cure of the size that it asks for.
    pub fn asked_size(&self) -> Option<[&str; 3]> {
        let mut parts = self.detail.split('\n');
        Some([parts.next()?, parts.next()?, parts.next()?])
    }

    /// The request that it is about.
    pub fn request(&self) -> Option<u32> {
        self.detail.strip_prefix(DIAL).unwrap_or(&self.detail).parse().ok()
    }

    /// Whether it wants to look there.
    #[inline]
    pub fn is_at(&self, goal: Goal) -> bool {
        self.detail.split(';').next() == Some(&*scene::goal_text(goal))
    }

    /// Where it wants to look, and on what.
    pub fn goal_and_viewport(&self) -> Option<(Goal, Viewport)> {
        let (goal, viewport) = self.detail.split_once(';')?;
        Some((scene::read_goal(goal)?, Viewport::read(viewport)?))
    }

    /// The class that it is about.
    pub fn class(&self) -> Option<ErrorKind> {
        ErrorKind::named(&self.detail)
    }

    /// The host and the instant that it is about.
    pub fn host_at(&self) -> Option<(SocketHost, SimTime)> {
        let (host, at) = self.detail.split_once(',')?;
        let host = match host {
            "server" => SocketHost::Server,
            number => SocketHost::Client(number.parse().ok()?),
        };
        Some((host, SimTime::from_nanos(at.parse().ok()?)))
    }
}

/// Topic, detail and text, with a space between them; only the text may contain others.
impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.topic.name(), self.detail, self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::replay::Breakpoint;

    #[test]
    fn a_question_is_read_back_from_its_message() {
        let link = || "v=1&p=incident".to_string();
        let at = SimTime::from_nanos(3_218_000_001);
        let page = "https://example.org/lab/".to_string();
        let ticket = Ticket { request: Some(17), proposed: "v=1&workers=30".into(), page: page.clone() };
        let size = ["workers", "fail:1%,p99:300ms", "v=1&workers=30"];
        for question in [
            Question::why(17, link()),
            Question::story(1, link()),
            Question::cure(ErrorKind::Reset, link()),
            Question::difference("v=1&p=healthy", false, link()),
            Question::difference("v=1&p=healthy", true, link()),
            Question::sockets(SocketHost::Server, at, link()),
            Question::sockets(SocketHost::Client(3), at, link()),
            Question::summary("", link()),
            Question::summary("p99:300ms, fail:0.1%", link()),
            Question::file(File::Requests.name(), link()),
            Question::file(&File::capture_of(17), link()),
            Question::ticket(&ticket, link()),
            Question::late("v=1&p=incident&workers=30", false, link()),
            Question::late("v=1&p=incident&workers=30", true, link()),
            Question::enough(size, link()),
            Question::card(link()),
            Question::code(page.clone(), "Ada, Bob"),
            Question::code(page.clone(), ""),
            Question::risks(link()),
            Question::help(),
            Question::scene(Topic::Scene, Goal::At(at), &Viewport::default(), link()),
            Question::scene(Topic::Picture, Goal::First(Breakpoint::Event, at), &Viewport::default(), link()),
            Question::table("latency", link()),
            Question::dial(17, link()),
            Question::sweep("x.idle=1,2&n=5", link()),
            Question::cell(Some((3, 12)), "x.idle=1,2&n=5", link()),
            Question::cell(None, "x.idle=1,2&n=5", link()),
            Question::diagnosis(" dial tcp: i/o timeout\n  EOF ".to_string(), "v=1&p=healthy"),
            Question::diagnosis("EOF".to_string(), ""),
        ] {
            assert_eq!(Question::read(&question.to_string()).as_ref(), Some(&question));
        }
        assert_eq!(Question::cure(ErrorKind::Reset, link()).class(), Some(ErrorKind::Reset));
        assert_eq!(Question::dial(17, link()).request(), Some(17));
        assert_eq!([Question::dial(1, link()), Question::why(1, link())].map(|q| q.is_about_dial()), [true, false]);
        assert_eq!(Question::sockets(SocketHost::Client(3), at, link()).host_at(), Some((SocketHost::Client(3), at)));
        let scene = Question::scene(Topic::Scene, Goal::At(at), &Viewport::default(), link());
        assert_eq!(scene.goal_and_viewport(), Some((Goal::At(at), Viewport::default())));
        assert!(scene.is_at(Goal::At(at)) && !scene.is_at(Goal::At(SimTime::ZERO)));
        assert_eq!(Question::file(File::Json.name(), link()).asked_file(), Some(File::Json));
        let capture = Question::file(&File::capture_of(17), link());
        assert_eq!((capture.asked_file(), capture.asked_capture()), (None, Some(17)));
        assert_eq!(Question::ticket(&ticket, link()).asked_ticket(), Some(ticket));
        let [pinned, before] = [true, false].map(|is_pinned| Question::difference("v=1", is_pinned, link()));
        assert_eq!((pinned.compared(), before.compared()), (("v=1", true), ("v=1", false)));
        let cell = Question::cell(Some((3, 12)), "x.idle=1,2", link());
        assert_eq!((cell.cell_at(), &*cell.design()), (Some((3, 12)), "v=1&p=incident&x.idle=1,2"));
        assert_eq!(Question::sweep("x.idle=1,2", link()).design(), cell.design());
        let spaced = ["workers", "fail: 1%, p99:300ms", "v=1&workers=30"];
        assert_eq!(Question::enough(spaced, link()).asked_size(), Some(size));
        assert_eq!(Question::read("what is this"), None);
    }
}
