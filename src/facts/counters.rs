//! Counters of the kernel: `netstat -s` in words, `nstat` by name, `/proc/net/netstat` in two lines.

use std::collections::BTreeMap;

use super::line::Line;
use super::{Fact, Measure, Section, Severity};
use crate::sim::error::ErrorKind;
use crate::words::count;

/// A counter that says something about connections.
struct Counter {
    /// Its name in `nstat`.
    name: &'static str,
    /// How `netstat -s` of several ages words it, after the number; without case and plural.
    worded: &'static [&'static str],
    label: &'static str,
    severity: Severity,
    /// What the number counts.
    what: &'static str,
    /// What that means.
    means: &'static str,
    classes: &'static [ErrorKind],
    measure: Option<Measure>,
}

const fn counter(name: &'static str, worded: &'static [&'static str], label: &'static str) -> Counter {
    let (severity, what, means) = (Severity::Note, "", "");
    Counter { name, worded, label, severity, what, means, classes: &[], measure: None }
}

const OVERFLOWED: &[ErrorKind] = &[ErrorKind::ClientTimeout, ErrorKind::DialTimeout, ErrorKind::Reset];

/// What is read of the kernel's counters, in the order in which it matters.
static COUNTERS: [Counter; 20] = [
    Counter {
        severity: Severity::Trouble,
        what: "listen overflows",
        means: "an accept queue was full, and a handshake was dropped (or reset, with tcp_abort_on_overflow)",
        classes: OVERFLOWED,
        measure: Some(Measure::ListenOverflows),
        ..counter(
            "TcpExtListenOverflows",
            &["times the listen queue of a socket overflowed", "listen queue overflows"],
            "listen overflows",
        )
    },
    Counter {
        severity: Severity::Trouble,
        what: "SYNs to listening sockets dropped",
        means: "callers send them again after 1, 3, 7 s and know nothing of it",
        classes: OVERFLOWED,
        measure: Some(Measure::ListenDrops),
        ..counter(
            "TcpExtListenDrops",
            &["SYNs to LISTEN sockets dropped", "SYNs to LISTEN sockets ignored"],
            "listen drops",
        )
    },
    Counter {
        severity: Severity::Trouble,
        what: "SYNs answered with a cookie",
        means: "the SYN queue was full",
        classes: OVERFLOWED,
        measure: Some(Measure::Syncookies),
        ..counter("TcpExtSyncookiesSent", &["SYN cookies sent"], "SYN cookies")
    },
    Counter {
        severity: Severity::Trouble,
        what: "SYNs dropped because the SYN queue was full",
        means: "tcp_syncookies is off",
        classes: OVERFLOWED,
        ..counter("TcpExtTCPReqQFullDrop", &["TCPReqQFullDrop"], "SYN queue drops")
    },
    Counter {
        severity: Severity::Caution,
        what: "times a full SYN queue made the kernel send cookies",
        means: "more handshakes were open than it holds",
        classes: OVERFLOWED,
        measure: Some(Measure::Syncookies),
        ..counter("TcpExtTCPReqQFullDoCookies", &["TCPReqQFullDoCookies"], "SYN queue full")
    },
    Counter {
        severity: Severity::Caution,
        what: "SYNs or SYN-ACKs sent again",
        means: "each waited a second or more",
        classes: &[ErrorKind::DialTimeout, ErrorKind::ConnectTimeout],
        measure: Some(Measure::SynRetrans),
        ..counter("TcpExtTCPSynRetrans", &["TCPSynRetrans"], "SYNs again")
    },
    Counter {
        severity: Severity::Trouble,
        what: "times the table of TIME_WAITs was full",
        means: "tcp_max_tw_buckets is reached, and sockets are closed at once",
        ..counter(
            "TcpExtTCPTimeWaitOverflow",
            &["TCPTimeWaitOverflow", "TCP time wait bucket table overflow"],
            "TIME_WAIT table",
        )
    },
    Counter {
        severity: Severity::Caution,
        what: "connections reset because data came after close()",
        means: "this program closes while the other end still sends: a time-out, or a server that closes early",
        classes: &[ErrorKind::Reset, ErrorKind::BrokenPipe],
        measure: Some(Measure::AbortOnData),
        ..counter("TcpExtTCPAbortOnData", &["connections reset due to unexpected data"], "aborts on data")
    },
    Counter {
        severity: Severity::Caution,
        what: "connections reset because they were closed with data unread",
        means: "this program closes without having read what had come",
        classes: &[ErrorKind::Reset],
        measure: Some(Measure::AbortOnClose),
        ..counter("TcpExtTCPAbortOnClose", &["connections reset due to early user close"], "aborts on close")
    },
    Counter {
        what: "connections given up after their retransmissions",
        means: "the other end did not answer any more",
        classes: &[ErrorKind::ConnectTimeout],
        ..counter("TcpExtTCPAbortOnTimeout", &["connections aborted due to timeout"], "aborts on time-out")
    },
    Counter {
        what: "resets received on open connections",
        means: "the other end, or a middle box, sent RST",
        classes: &[ErrorKind::Reset],
        ..counter("TcpEstabResets", &["connection resets received"], "resets received")
    },
    Counter {
        what: "RSTs sent",
        means: "to callers of closed ports, and on connections that were aborted",
        ..counter("TcpOutRsts", &["resets sent"], "resets sent")
    },
    Counter {
        what: "handshakes that failed",
        means: "refused, reset or timed out, as client or as server",
        classes: &[ErrorKind::Refused, ErrorKind::ConnectTimeout],
        ..counter("TcpAttemptFails", &["failed connection attempts"], "failed handshakes")
    },
    Counter {
        what: "connections opened from here",
        means: "one for each connect()",
        ..counter(
            "TcpActiveOpens",
            &["active connections openings", "active connection openings", "connection requests"],
            "connects",
        )
    },
    Counter {
        what: "connections opened to here",
        means: "one for each finished handshake",
        ..counter(
            "TcpPassiveOpens",
            &["passive connection openings", "passive connections openings", "connection accepts"],
            "accepts",
        )
    },
    Counter {
        what: "segments sent again",
        means: "loss, or a full queue at the other end",
        ..counter("TcpRetransSegs", &["segments retransmited", "segments retransmitted"], "retransmissions")
    },
    Counter {
        what: "handshakes reset by the other end before they were finished",
        means: "callers gave up, or tcp_abort_on_overflow",
        ..counter("TcpExtEmbryonicRsts", &["resets received for embryonic SYN_RECV sockets"], "embryonic resets")
    },
    Counter {
        severity: Severity::Caution,
        what: "SYN cookies that did not check out",
        means: "last ACKs that came too late",
        ..counter("TcpExtSyncookiesFailed", &["invalid SYN cookies received"], "bad cookies")
    },
    Counter {
        what: "connections that came back as cookies",
        means: "they count as accepted",
        ..counter("TcpExtSyncookiesRecv", &["SYN cookies received"], "cookies received")
    },
    Counter {
        what: "sockets that have left TIME_WAIT",
        means: "connections that this end closed",
        ..counter("TcpExtTW", &["TCP sockets finished time wait in fast timer"], "TIME_WAIT ended")
    },
];

/// Columns of `/proc/net/netstat` that are remembered until the line with their values.
const COLUMNS_MAX: usize = 400;

/// The section of counters.
#[derive(Default)]
pub(super) struct Counters {
    tool: &'static str,
    values: BTreeMap<&'static str, u64>,
    /// `TcpExt` and the names of its columns.
    columns: Option<(String, Vec<String>)>,
}

impl Section for Counters {
    fn line(&mut self, line: &Line, facts: &mut Vec<Fact>) -> bool {
        if line.is_command {
            self.finish(facts);
            return line.text.starts_with("nstat");
        }
        let words = line.words();
        match words[..] {
            ["#kernel"] => {
                self.finish(facts);
                true
            }
            // `TcpExtListenOverflows  5191585  0.0`
            [name, value] | [name, value, _] if is_name(name) => {
                value.parse().is_ok_and(|n| self.add("nstat", name, n))
            }
            [group, ..] if matches!(group, "TcpExt" | "Tcp") && words.len() > 5 => self.columns(&words),
            _ => self.worded(&line.text),
        }
    }

    fn finish(&mut self, facts: &mut Vec<Fact>) {
        let told = COUNTERS.iter().filter_map(|counter| Some((counter, *self.values.get(counter.name)?)));
        let (some, none): (Vec<_>, Vec<_>) = told.partition(|(_, n)| *n > 0);
        // How many connections there were says little beside what went wrong.
        let says_more = |counter: &Counter| counter.severity != Severity::Note || !counter.classes.is_empty();
        let has_more = some.iter().any(|(counter, _)| says_more(counter));
        let told = some.iter().filter(|(counter, _)| !has_more || says_more(counter));
        facts.extend(told.map(|(counter, n)| self.fact(counter, *n)));
        // That nothing overflowed is a fact too, the only one among many zeros.
        let zero = none.iter().find(|(counter, _)| counter.measure == Some(Measure::ListenOverflows));
        facts.extend(zero.map(|(counter, n)| self.fact(counter, *n)));
        *self = Counters::default();
    }
}

fn is_name(word: &str) -> bool {
    word.strip_prefix("Tcp").or_else(|| word.strip_prefix("Ip")).is_some_and(|rest| {
        rest.chars().next().is_some_and(|c| c.is_ascii_uppercase()) && rest.chars().all(|c| c.is_ascii_alphanumeric())
    })
}

impl Counters {
    fn add(&mut self, tool: &'static str, name: &str, value: u64) -> bool {
        if let Some(counter) = COUNTERS.iter().find(|counter| counter.name == name) {
            self.tool = tool;
            self.values.insert(counter.name, value);
        }
        true
    }

    /// `5191585 times the listen queue of a socket overflowed`, or `TCPReqQFullDrop: 12`.
    fn worded(&mut self, text: &str) -> bool {
        let (number, words) = match text.split_once(' ') {
            Some((name, number)) if name.ends_with(':') => (number.trim(), name.trim_end_matches(':')),
            Some((number, words)) => (number, words.trim()),
            None => return false,
        };
        let Ok(value) = number.parse::<u64>() else { return false };
        let is_it = |form: &&str| *form == words || singular(form) == singular(words);
        let found = COUNTERS.iter().find(|counter| counter.worded.iter().any(is_it));
        found.is_some_and(|counter| self.add("netstat -s", counter.name, value))
    }

    /// `TcpExt: SyncookiesSent SyncookiesRecv ...`, then `TcpExt: 0 0 ...`.
    fn columns(&mut self, words: &[&str]) -> bool {
        let (group, cells) = (words[0], &words[1..]);
        if let Some((of, names)) = self.columns.take().filter(|(of, _)| of == group)
            && cells.len() == names.len()
        {
            for (name, cell) in names.iter().zip(cells) {
                cell.parse().into_iter().for_each(|n| _ = self.add("/proc/net", &format!("{of}{name}"), n));
            }
            return true;
        }
        let names = cells.iter().all(|cell| cell.chars().all(|c| c.is_ascii_alphanumeric()) && !cell.is_empty());
        let is_heading = names && cells.iter().all(|cell| cell.parse::<u64>().is_err()) && cells.len() <= COLUMNS_MAX;
        self.columns = is_heading.then(|| (group.into(), cells.iter().map(ToString::to_string).collect()));
        is_heading
    }

    fn fact(&self, counter: &'static Counter, n: u64) -> Fact {
        let Counter { name, label, what, means, severity, classes, measure, .. } = *counter;
        let fact = match n {
            0 => Fact::new(self.tool, label, Severity::Note, format!("No {what} ({name}).")),
            _ => {
                let says = format!("{} {what} since boot: {means} ({name}).", count(n));
                Fact::new(self.tool, label, severity, says).classes(classes)
            }
        };
        let fact = fact.numbers(&[("count", n as f64)]);
        match measure {
            Some(measure) => fact.measure(measure, n as f64),
            None => fact,
        }
    }
}

/// `1 time the listen queue ...` counts the same as `2 times`.
fn singular(words: &str) -> String {
    words.split(' ').map(|word| word.trim_end_matches('s')).collect::<Vec<_>>().join(" ").to_lowercase()
}
