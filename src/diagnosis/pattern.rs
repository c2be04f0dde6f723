//! Errors of several classes that belong together: one event prints them all.

use std::collections::BTreeMap;

use super::sign::Subject;
use crate::sim::error::ErrorKind::{self, *};

/// Seconds between two errors that are still one event.
const TOGETHER: u32 = 60;

/// A row: classes that one event prints.
#[derive(Debug, PartialEq)]
pub struct Pattern {
    /// A few words.
    pub name: &'static str,
    /// Of each of these groups at least one class is there.
    pub needs: &'static [&'static [ErrorKind]],
    /// None of these is.
    pub without: &'static [ErrorKind],
    /// What has happened, and what to look at.
    pub why: &'static str,
    /// The link of a run that shows it.
    pub link: &'static str,
}

const TIMEOUTS: &[ErrorKind] = &[ClientTimeout, Deadline, HeaderTimeout];

/// The table.
pub(super) static PATTERNS: &[Pattern] = &[
    Pattern {
        name: "a deploy, or a crash",
        needs: &[&[Refused], &[Reset, Eof, ServerClosedIdle, WriteReset, BrokenPipe]],
        without: &[],
        why: "One process ended and the next one was not there yet. EOF: a handler was at work on the request. \
              Reset: the connection waited in the accept queue. Refused: nothing listened any more; that lasts \
              longest, so it is the most frequent. Start the new process before the old one stops, and drain \
              (Shutdown).",
        link: "p=restart",
    },
    Pattern {
        name: "overload",
        needs: &[&[Reset], &[ClientTimeout, Deadline, HeaderTimeout, Closed, DialTimeout]],
        without: &[Refused],
        why: "Resets and time-outs together: the accept queue is full. What waits in it too long times out, what \
              finds no room is reset or gets no answer to its SYN. The queue is the consequence: more work arrives \
              than the workers can do, since they slowed down or the traffic grew.",
        link: "p=incident",
    },
    Pattern {
        name: "a full accept queue",
        needs: &[&[DialTimeout, ConnectTimeout], TIMEOUTS],
        without: &[Refused, Reset],
        why: "Some connections are not made and others do not answer: a SYN that finds the accept queue full is \
              dropped, and who got in waits behind it. More work arrives than the workers can do.",
        link: "p=phantoms&dial-timeout=1s",
    },
    Pattern {
        name: "idle connections that the server closes first",
        needs: &[&[Eof, ServerClosedIdle], &[ServerClosedIdle, BrokenPipe, WriteReset, Reset, Closed]],
        without: &[Refused, ClientTimeout, Deadline, HeaderTimeout, DialTimeout],
        why: "A connection from the pool ends under the request, each time in another instant of it. Make the \
              client's IdleConnTimeout shorter than the server's idle timeout.",
        link: "p=stale-keepalive",
    },
    Pattern {
        name: "requests that pile up",
        needs: &[&[ClientFds], TIMEOUTS],
        without: &[],
        why: "Requests take longer than they come in, until the process has no descriptor left for another \
              connection. The slow server is the cause; MaxConnsPerHost keeps the client alive meanwhile.",
        link: "client-fds=64&service=1s",
    },
    Pattern {
        name: "a breaker that opened",
        needs: &[&[BreakerOpen], &[Refused, Reset, Eof, ClientTimeout, Deadline, HeaderTimeout, DialTimeout, Ports]],
        without: &[],
        why: "The breaker's errors are a consequence, however many they are: mend the other ones.",
        link: "breaker=50%&listening=off",
    },
];

/// Looks out for errors that happen together.
#[derive(Default)]
pub(super) struct Watch {
    /// When each class was seen last, as far as its line tells.
    seen: BTreeMap<ErrorKind, Option<Timestamp>>,
    /// By place in the table.
    found: [bool; PATTERNS.len()],
}

impl Watch {
    /// An error, and the line that tells of it.
    pub fn see(&mut self, subject: Subject, text: &str) {
        let Subject::Error(kind) = subject else { return };
        let now = Timestamp::read(text);
        let is_together = |kind: &ErrorKind| match (self.seen.get(kind), &now) {
            (Some(Some(then)), Some(now)) => then.is_together(now),
            (then, _) => then.is_some(),
        };
        for (pattern, found) in PATTERNS.iter().zip(&mut self.found) {
            let has =
                |group: &&[ErrorKind], other: &ErrorKind| group.iter().any(|one| one != other && is_together(one));
            // This error fills one group, others fill the rest.
            let fills = |at: usize| {
                let rest = pattern.needs.iter().enumerate().filter(|(other, _)| *other != at);
                pattern.needs[at].contains(&kind) && rest.map(|(_, group)| group).all(|group| has(group, &kind))
            };
            *found = *found || (0..pattern.needs.len()).any(fills);
        }
        self.seen.insert(kind, now);
    }

    /// What was found.
    pub fn finish(self) -> Vec<&'static Pattern> {
        let is_free = |pattern: &Pattern| !pattern.without.iter().any(|kind| self.seen.contains_key(kind));
        let found = PATTERNS.iter().zip(self.found).filter(|(_, found)| *found);
        found.map(|(pattern, _)| pattern).filter(|pattern| is_free(pattern)).collect()
    }
}

/// When a line was printed.
#[derive(Clone, Debug, PartialEq)]
struct Timestamp {
    /// What stands before the time of day: of one program's lines, the same on one day.
    day: String,
    second: u32,
}

impl Timestamp {
    /// From the first `16:20:20` in the line.
    fn read(text: &str) -> Option<Timestamp> {
        const DAY: usize = 11;
        let bytes = text.as_bytes();
        let at = bytes.windows(8).position(|time| {
            time.iter()
                .enumerate()
                .all(|(i, byte)| if i == 2 || i == 5 { *byte == b':' } else { byte.is_ascii_digit() })
        })?;
        let number = |from: usize| u32::from(bytes[at + from] - b'0') * 10 + u32::from(bytes[at + from + 1] - b'0');
        let (hour, minute, second) = (number(0), number(3), number(6));
        let day = String::from_utf8_lossy(&bytes[at.saturating_sub(DAY)..at]).into_owned();
        (hour < 24 && minute < 60).then_some(Timestamp { day, second: (hour * 60 + minute) * 60 + second })
    }

    fn is_together(&self, other: &Timestamp) -> bool {
        self.day == other.day && self.second.abs_diff(other.second) <= TOGETHER
    }
}
