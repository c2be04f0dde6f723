//! Rows of the table of texts: what a line says, who says it, and what that means.

use super::Confidence;
use super::line::LogLine;
use crate::sim::error::ErrorKind;

/// One row: a text and its causes, likeliest first.
pub(super) struct Sign {
    /// The program that prints it, if that is not Go's.
    pub program: Option<&'static str>,
    /// Parts that must all be there; for `^` and `$` see [`LogLine::says_at`].
    pub says: &'static [&'static str],
    /// Parts of which none may be there.
    pub unless: &'static [&'static str],
    /// What else must hold, all of it.
    pub when: &'static [When],
    pub causes: &'static [Cause],
}

/// What must hold besides the words.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum When {
    Always,
    /// The ports show that a server printed it.
    AtServer,
    /// GET, HEAD or OPTIONS: today's Go sends it again by itself if the connection was a reused one.
    Replayed,
    /// POST, PUT, PATCH or DELETE.
    NotReplayed,
    /// The text says how long a dial took, and the first SYN had no answer until it was sent again.
    SynRepeated,
    /// `https`, or a port where TLS is usual: then Go speaks HTTP/2 where the server can.
    Secure,
}

/// From here on the first SYN was sent a second time: a kernel waits one second for its answer.
const SYN_REPEATED_MS: u64 = 1000;

/// One cause that a text may have.
#[derive(Debug, PartialEq)]
pub struct Cause {
    /// What kind of trouble it is.
    pub subject: Subject,
    /// How sure that is, from the text alone.
    pub confidence: Confidence,
    /// What has happened, and what to look at; code stands between backticks.
    pub why: &'static str,
    /// The link of a run that shows it; `None` for what ConnLab does not model.
    pub link: Option<&'static str>,
}

/// What kind of trouble a text tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A row of the error table.
    Error(ErrorKind),
    /// What is no error of an HTTP client over TCP, or none that is modelled, in a few words.
    Other(&'static str),
}

impl Subject {
    /// The row of the error table.
    pub fn class(self) -> Option<ErrorKind> {
        match self {
            Subject::Error(kind) => Some(kind),
            Subject::Other(_) => None,
        }
    }

    /// The class, or those few words.
    pub fn name(self) -> &'static str {
        match self {
            Subject::Error(kind) => kind.class(),
            Subject::Other(words) => words,
        }
    }

    /// The same, as legends say it.
    pub fn label(self) -> &'static str {
        match self {
            Subject::Error(kind) => kind.spec().label,
            Subject::Other(words) => words,
        }
    }
}

/// A class of the error table.
pub(super) const fn a(kind: ErrorKind) -> Subject {
    Subject::Error(kind)
}

/// What is no class.
pub(super) const SERVER: Subject = Subject::Other("no error of a client: a server's line");
pub(super) const LISTENER: Subject = Subject::Other("no error of a client: a listener's own bind");
pub(super) const PROGRAM: Subject = Subject::Other("no network error: the program's own");
pub(super) const UDP: Subject = Subject::Other("no HTTP: UDP");
pub(super) const UNIX: Subject = Subject::Other("no TCP: a unix socket");
pub(super) const NAMES: Subject = Subject::Other("no connection yet: name resolution");
pub(super) const ROUTE: Subject = Subject::Other("no connection: routing");
pub(super) const TLS: Subject = Subject::Other("TLS, above the connection");
pub(super) const HTTP2: Subject = Subject::Other("HTTP/2");
pub(super) const GRPC: Subject = Subject::Other("gRPC, over HTTP/2");
pub(super) const BODY: Subject = Subject::Other("in the middle of the response");
pub(super) const SPEECH: Subject = Subject::Other("what came is not HTTP/1");
pub(super) const KERNEL: Subject = Subject::Other("a kernel's line");
pub(super) const GATEWAY: Subject = Subject::Other("a proxy's line");
pub(super) const ADDRESS: Subject = Subject::Other("no local address");
pub(super) const MACHINE: Subject = Subject::Other("the whole machine's limit");
pub(super) const MIDDLE: Subject = Subject::Other("something on the way");
pub(super) const PEER_GONE: Subject = Subject::Other("the other side does not answer any more");
pub(super) const DEADLINE: Subject = Subject::Other("a deadline on the connection");
pub(super) const OTHER: Subject = Subject::Other("perhaps no HTTP request");

impl Sign {
    /// Whether its conditions hold, its words apart.
    pub fn fits(&self, line: &LogLine) -> bool {
        self.when.iter().all(|when| match when {
            When::Always => true,
            When::AtServer => line.is_servers(),
            When::Replayed => line.replayable == Some(true),
            When::NotReplayed => line.replayable == Some(false),
            When::SynRepeated => line.waited_ms.is_some_and(|waited| waited >= SYN_REPEATED_MS),
            When::Secure => line.is_secure,
        })
    }

    /// The parts that were found, for people.
    pub fn evidence(&self, line: &LogLine) -> String {
        let bare = |part: &&str| format!("`{}`", whole(&line.text, part.trim_matches(['^', '$', ' ', ':'])));
        let mut found: Vec<String> = self.says.iter().map(bare).collect();
        for when in self.when {
            match when {
                // The causes say what follows from TLS.
                When::Always | When::Secure => {}
                When::AtServer => found.extend(line.ports()),
                When::Replayed => found.push("a GET".into()),
                When::NotReplayed => found.push("a method that Go does not send again".into()),
                When::SynRepeated => found.extend(line.waited_ms.map(|waited| format!("a wait of {waited} ms"))),
            }
        }
        found.join(" and ")
    }
}

/// A part with the beginning of its first word, of which rows leave out what differs.
fn whole<'t>(text: &'t str, part: &'t str) -> &'t str {
    let Some(at) = text.find(part) else { return part };
    let start = text[..at].trim_end_matches(char::is_alphabetic).len();
    &text[start..at + part.len()]
}

/// Rows: `Always ["a part", "another"] unless ["a part"] { Certain a(Reset), "why", open "link"; }`, with `by "nginx"`
/// before the brace if it is not Go's text.
macro_rules! signs {
    ($($($when:ident)+ [$($says:literal),+] $(unless [$($unless:literal),+])? $(by $program:literal)? {
        $($confidence:ident $subject:expr, $why:literal $(, open $link:expr)?;)+
    })+) => {
        pub(in crate::diagnosis) static SIGNS: &[Sign] = &[$(Sign {
            program: signs!(@option $($program)?),
            says: &[$($says),+],
            unless: &[$($($unless),+)?],
            when: &[$(When::$when),+],
            causes: &[$(Cause {
                subject: $subject, confidence: Confidence::$confidence, why: $why, link: signs!(@option $($link)?),
            },)+],
        },)+];
    };
    (@option) => { None };
    (@option $text:expr) => { Some($text) };
}

pub(super) use signs;
