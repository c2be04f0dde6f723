//! Sockets: lists of them (`ss -ltn`, `ss -tan`, `netstat -tan`), and their states counted (`sort | uniq -c`, `ss -s`).

mod says;

use std::collections::BTreeMap;

use super::line::{Line, captures};
use super::{Fact, Section};

/// The states of a TCP socket by `ss`' name, and the spellings of `netstat` on Linux, BSD and Windows.
const STATES: [(&str, &[&str]); 11] = [
    ("LISTEN", &["LISTENING"]),
    ("SYN-SENT", &["SYN_SENT"]),
    ("SYN-RECV", &["SYN_RECV", "SYN_RCVD", "SYN_RECEIVED", "NEW_SYN_RECV"]),
    ("ESTAB", &["ESTABLISHED"]),
    ("FIN-WAIT-1", &["FIN_WAIT1", "FIN_WAIT_1"]),
    ("FIN-WAIT-2", &["FIN_WAIT2", "FIN_WAIT_2"]),
    ("CLOSE-WAIT", &["CLOSE_WAIT"]),
    ("CLOSING", &[]),
    ("LAST-ACK", &["LAST_ACK"]),
    ("TIME-WAIT", &["TIME_WAIT"]),
    ("UNCONN", &["CLOSE", "CLOSED"]),
];

/// States whose names are words of every language: alone they are no list of sockets.
const PLAIN_WORDS: [&str; 3] = ["LISTEN", "CLOSING", "UNCONN"];

/// Addresses that are counted one by one, and full listeners that are named.
const ADDRESSES_MAX: usize = 2_000;
const LISTENERS_MAX: usize = 5;

/// The name in [`STATES`] of what a tool calls a state.
fn state(word: &str) -> Option<&'static str> {
    STATES.iter().find(|(name, others)| *name == word || others.contains(&word)).map(|(name, _)| *name)
}

/// A listening socket.
#[derive(Clone, Debug, PartialEq)]
struct Listener {
    local: String,
    /// Connections that wait for accept().
    recv_q: u64,
    /// How many may; one more fits. `netstat` does not say.
    limit: Option<u64>,
}

impl Listener {
    /// The queue holds one more than its limit (sk_acceptq_is_full).
    fn is_full(&self) -> bool {
        self.limit.is_some_and(|limit| self.recv_q > limit)
    }

    fn fill(&self) -> f64 {
        self.limit.map_or(0.0, |limit| self.recv_q as f64 / (limit + 1) as f64)
    }
}

/// What the output that is under way has said.
#[derive(Default)]
struct Output {
    tool: &'static str,
    states: BTreeMap<&'static str, u64>,
    listeners: u64,
    full: Vec<Listener>,
    fullest: Option<Listener>,
    /// Established sockets with bytes that nobody has read.
    unread: u64,
    /// TIME_WAITs by the address of the other end, and by their own.
    time_wait_to: BTreeMap<String, u64>,
    time_wait_at: BTreeMap<String, u64>,
}

/// The section of sockets.
#[derive(Default)]
pub(super) struct Sockets {
    output: Output,
    /// Lines that may become a row with the next one: a narrow terminal wraps them.
    wrapped: String,
    /// The state that the command before this line counted (`... TIME-WAIT | wc -l`).
    counted: Option<&'static str>,
    /// Counts of states that are counts only if another one follows.
    doubtful: Vec<(&'static str, u64)>,
}

impl Section for Sockets {
    fn line(&mut self, line: &Line, facts: &mut Vec<Fact>) -> bool {
        if line.is_command {
            self.finish(facts);
            self.counted = counted_by(&line.text);
            return names_a_tool(&line.text);
        }
        let words = line.words();
        let is_heading = words.starts_with(&["State", "Recv-Q"])
            || words.starts_with(&["Netid", "State"])
            || words.starts_with(&["Proto", "Recv-Q"])
            || line.text.starts_with("Active Internet connections");
        if is_heading {
            self.finish(facts);
            return true;
        }
        self.count_of_command(&words)
            || self.row(line)
            || self.count_of_state(&words)
            || self.summary(&line.text, &words, facts)
    }

    fn finish(&mut self, facts: &mut Vec<Fact>) {
        facts.extend(self.output.facts());
        *self = Sockets::default();
    }
}

fn names_a_tool(command: &str) -> bool {
    command.split_whitespace().take(3).any(|word| matches!(word, "ss" | "netstat"))
}

/// The state that `ss ... state time-wait | wc -l` or `netstat ... | grep -c TIME_WAIT` counts.
fn counted_by(command: &str) -> Option<&'static str> {
    let counts = command.contains("wc -l") || command.contains("grep -c");
    let is_word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let mut words = command.split(|c| !is_word(c)).map(str::to_uppercase);
    words.find_map(|word| state(&word)).filter(|_| counts && names_a_tool(command))
}

impl Sockets {
    /// The one number that `wc -l` prints.
    fn count_of_command(&mut self, words: &[&str]) -> bool {
        let ([word], Some(state)) = (words, self.counted.take()) else { return false };
        let Ok(count) = word.parse() else { return false };
        self.output.tool = "wc";
        self.output.add(state, count);
        true
    }

    /// A row of `ss` or `netstat`, or the two lines into which a terminal wrapped it.
    fn row(&mut self, line: &Line) -> bool {
        let joined = std::mem::take(&mut self.wrapped) + " " + &line.text;
        for text in [joined.trim(), &line.text] {
            let words: Vec<&str> = text.split_whitespace().collect();
            if let Some(row) = Row::read(&words) {
                self.output.row(&row);
                return true;
            }
        }
        let words = line.words();
        let begins = words.len() < 4 && words.first().is_some_and(|word| state(word).is_some() || is_tcp(word));
        if begins && words[1..].iter().all(|word| word.parse::<u64>().is_ok()) && words.len() > 1 {
            self.wrapped = line.text.clone();
        }
        false
    }

    /// `28231 TIME_WAIT` or `TIME_WAIT 28231`; or ConnLab's `... and 12 more TIME-WAIT`.
    fn count_of_state(&mut self, words: &[&str]) -> bool {
        let (name, count) = match words {
            [a, b] if state(b).is_some() => (*b, a.parse()),
            [a, b] if state(a).is_some() => (*a, b.parse()),
            ["and", count, "more", name] => (*name, count.parse()),
            _ => return false,
        };
        let (Some(name), Ok(count)) = (state(name), count) else { return false };
        if self.output.states.is_empty() && PLAIN_WORDS.contains(&name) {
            self.doubtful.push((name, count));
            self.doubtful.truncate(PLAIN_WORDS.len());
            return false;
        }
        if self.output.tool.is_empty() {
            self.output.tool = "states";
        }
        for (name, count) in std::mem::take(&mut self.doubtful) {
            self.output.add(name, count);
        }
        self.output.add(name, count);
        true
    }

    /// `TCP:   28270 (estab 15, closed 28231, orphaned 0, synrecv 0, timewait 28231/0), ports 0` of `ss -s`.
    fn summary(&mut self, text: &str, words: &[&str], facts: &mut Vec<Fact>) -> bool {
        if words.first() != Some(&"TCP") || !text.contains("(estab ") {
            return captures("Total: {} (kernel", words).is_some();
        }
        self.finish(facts);
        self.output.tool = "ss -s";
        let parts = text.split(['(', ',', ')']).map(|part| part.split_whitespace().collect::<Vec<_>>());
        for part in parts {
            let [name, count] = part[..] else { continue };
            let count = count.split('/').next().and_then(|count| count.parse().ok());
            let state = match name {
                "estab" => "ESTAB",
                "synrecv" => "SYN-RECV",
                "timewait" => "TIME-WAIT",
                _ => continue,
            };
            count.into_iter().for_each(|count| self.output.add(state, count));
        }
        true
    }
}

fn is_tcp(word: &str) -> bool {
    matches!(word, "tcp" | "tcp4" | "tcp6" | "tcp46" | "TCP")
}

/// A line of a list.
struct Row<'a> {
    tool: &'static str,
    state: &'static str,
    queues: Option<(u64, u64)>,
    local: &'a str,
    peer: &'a str,
}

impl<'a> Row<'a> {
    fn read(words: &[&'a str]) -> Option<Row<'a>> {
        let row = match words {
            // Windows: without queues.
            [tcp, local, peer, name, ..] if is_tcp(tcp) && state(name).is_some() && is_address(local) => {
                Row { tool: "netstat", state: state(name)?, queues: None, local, peer }
            }
            [tcp, recv_q, send_q, local, peer, name, ..] if is_tcp(tcp) && state(recv_q).is_none() => {
                let queues = Some((recv_q.parse().ok()?, send_q.parse().ok()?));
                Row { tool: "netstat", state: state(name)?, queues, local, peer }
            }
            [tcp, rest @ ..] if is_tcp(tcp) => return Row::read(rest),
            [name, recv_q, send_q, local, rest @ ..] => {
                let queues = Some((recv_q.parse().ok()?, send_q.parse().ok()?));
                Row { tool: "ss", state: state(name)?, queues, local, peer: rest.first().unwrap_or(&"") }
            }
            _ => return None,
        };
        is_address(row.local).then_some(row)
    }
}

/// `10.0.0.1:80`, `*:http`, `[::]:8080`, `:::8080`, and macOS' `127.0.0.1.8080`.
fn is_address(word: &str) -> bool {
    word.contains(':') || word.starts_with("*.") || word.matches('.').count() == 4
}

impl Output {
    fn add(&mut self, state: &'static str, count: u64) {
        let sum = self.states.entry(state).or_default();
        *sum = sum.saturating_add(count);
    }

    fn row(&mut self, row: &Row) {
        self.tool = row.tool;
        self.add(row.state, 1);
        let (recv_q, send_q) = row.queues.unwrap_or_default();
        match row.state {
            "LISTEN" => {
                self.listener(Listener { local: row.local.into(), recv_q, limit: (row.tool == "ss").then_some(send_q) })
            }
            "ESTAB" => self.unread += u64::from(recv_q > 0),
            "TIME-WAIT" => {
                count_at(&mut self.time_wait_to, row.peer);
                count_at(&mut self.time_wait_at, row.local);
            }
            _ => {}
        }
    }

    fn listener(&mut self, listener: Listener) {
        self.listeners += 1;
        if listener.is_full() && self.full.len() < LISTENERS_MAX {
            self.full.push(listener.clone());
        }
        let is_fuller = |other: &Listener| (listener.fill(), listener.recv_q) > (other.fill(), other.recv_q);
        if self.fullest.as_ref().is_none_or(is_fuller) {
            self.fullest = Some(listener);
        }
    }
}

/// Counts an address; what comes after the first few thousand different ones is no commonest one.
fn count_at(counts: &mut BTreeMap<String, u64>, address: &str) {
    if let Some(count) = counts.get_mut(address) {
        *count += 1;
    } else if counts.len() < ADDRESSES_MAX {
        counts.insert(address.into(), 1);
    }
}
