//! What numbers of sockets mean.

use super::{Listener, Output};
use crate::facts::{Fact, Measure, Severity};
use crate::params::fixed::TIME_WAIT;
use crate::params::{ParamId, Params};
use crate::sim::error::ErrorKind;
use crate::words::count;

/// Errors of callers whose connections find no room in an accept queue.
const NO_ROOM: &[ErrorKind] = &[
    ErrorKind::ClientTimeout,
    ErrorKind::DialTimeout,
    ErrorKind::ConnectTimeout,
    ErrorKind::Deadline,
    ErrorKind::Reset,
];
/// Sockets of a state that are more than those of an instant.
const SOME: u64 = 10;
/// The largest backlogs that kernels allow by default: of Linux before 5.4, and since.
const SOMAXCONN: [u64; 2] = [128, 4_096];
/// Seconds that a socket stays in TIME_WAIT.
const TIME_WAIT_S: u64 = TIME_WAIT.as_secs();

impl Output {
    pub(super) fn facts(&self) -> Vec<Fact> {
        if self.states.is_empty() {
            return Vec::new();
        }
        let mut facts: Vec<Fact> = self.full.iter().map(|listener| self.full_queue(listener)).collect();
        let single = [
            self.fullest.as_ref().filter(|_| facts.is_empty()).map(|listener| self.queue(listener)),
            self.state("TIME-WAIT").map(|n| self.time_wait(n)),
            self.state("CLOSE-WAIT").map(|n| self.close_wait(n)),
            self.state("SYN-RECV").map(|n| self.syn_recv(n)),
            self.state("SYN-SENT").map(|n| self.syn_sent(n)),
            (self.unread > 0).then(|| self.unread()),
            self.state("ESTAB").map(|n| self.established(n)),
        ];
        facts.extend(single.into_iter().flatten());
        if facts.is_empty() {
            let names: Vec<String> = self.states.iter().map(|(name, n)| format!("{} {name}", count(*n))).collect();
            facts.push(Fact::new(self.tool, "sockets", Severity::Note, format!("{}.", names.join(", "))));
        }
        facts
    }

    /// How many sockets are in a state, if any.
    fn state(&self, name: &str) -> Option<u64> {
        self.states.get(name).copied().filter(|n| *n > 0)
    }

    fn full_queue(&self, listener: &Listener) -> Fact {
        let (recv_q, limit) = (listener.recv_q, listener.limit.unwrap_or_default());
        let says = format!(
            "Recv-Q {recv_q} of {limit} + 1 on {}: accept queue full. The program does not call accept() fast enough; \
             SYNs and last ACKs of handshakes are dropped without a word.",
            listener.local
        );
        let fact = Fact::new(self.tool, "accept queue", Severity::Trouble, says)
            .numbers(&[("recv_q", recv_q as f64), ("limit", limit as f64)])
            .classes(NO_ROOM)
            .measure(Measure::AcceptQueue, listener.fill());
        with_limit(fact, limit)
    }

    /// The fullest of the queues that are not full.
    fn queue(&self, listener: &Listener) -> Fact {
        let (recv_q, among) = (listener.recv_q, self.listeners);
        let of = if among > 1 { format!(", the fullest of {among}") } else { String::new() };
        let Some(limit) = listener.limit else {
            let severity = if recv_q > 0 { Severity::Caution } else { Severity::Note };
            let says = format!(
                "Recv-Q {recv_q} on {}{of}: as many connections wait for accept(). netstat does not say how many may; \
                 `ss -ltn` does, as Send-Q.",
                listener.local
            );
            return Fact::new(self.tool, "accept queue", severity, says).numbers(&[("recv_q", recv_q as f64)]);
        };
        let says = match recv_q {
            0 => format!("Recv-Q 0 of {limit} + 1 on {}{of}: nothing waits for accept().", listener.local),
            _ => format!("Recv-Q {recv_q} of {limit} + 1 on {}{of}: there is room.", listener.local),
        };
        let fact = Fact::new(self.tool, "accept queue", Severity::Note, says)
            .numbers(&[("recv_q", recv_q as f64), ("limit", limit as f64)])
            .measure(Measure::AcceptQueue, listener.fill());
        // Of several, none stands out unless something waits there.
        if among == 1 || recv_q > 0 { with_limit(fact, limit) } else { fact }
    }

    fn time_wait(&self, n: u64) -> Fact {
        let most = |counts: &std::collections::BTreeMap<String, u64>| {
            counts.iter().max_by_key(|(_, n)| **n).map(|(address, n)| (address.clone(), *n))
        };
        let (to, at) = (most(&self.time_wait_to), most(&self.time_wait_at));
        let ports = u64::from(Params::default().ports);
        let fact = |severity, says| {
            Fact::new(self.tool, "TIME_WAIT", severity, says)
                .numbers(&[("time_wait", n as f64)])
                .measure(Measure::TimeWait, n as f64)
        };
        let number = count(n);
        let rate = count(n / TIME_WAIT_S);
        // A list may be cut: what it shows is taken for all.
        let listed: u64 = self.time_wait_at.values().sum::<u64>().max(1);
        let scaled = |part: u64| (u128::from(n) * u128::from(part) / u128::from(listed)) as u64;
        if let (Some((_, to)), Some((here, at))) = (&to, &at)
            && at > to
            && at * 2 > listed
        {
            let says = format!(
                "{number} TIME_WAIT, most of them at {here}: this end accepted and closed these connections, some \
                 {rate} a second. They cost memory and no ports."
            );
            return fact(Severity::Note, says);
        }
        // Ports are counted towards one address; without the addresses, all may go to the same one.
        let (towards, held) =
            to.map_or((String::new(), n), |(peer, part)| (format!(" towards {peer}"), scaled(part).min(n)));
        let says = match held {
            held if held * 10 >= ports * 8 => {
                let says = format!(
                    "{} TIME_WAIT{towards}: ports nearly gone. There are {} of them (the default range), and each is \
                     held for 60 s: {} connections a second can be closed, not more.",
                    count(held),
                    count(ports),
                    ports / TIME_WAIT_S
                );
                let share = held as f64 / ports as f64;
                return fact(Severity::Trouble, says).classes(&[ErrorKind::Ports]).measure(Measure::Ports, share);
            }
            held if held >= 1_000 => format!(
                "{number} TIME_WAIT: this end closes some {rate} connections a second instead of using them again. \
                 Ports last for {} a second.",
                ports / TIME_WAIT_S
            ),
            _ => return fact(Severity::Note, format!("{number} TIME_WAIT: no shortage of ports.")),
        };
        fact(Severity::Caution, says).classes(&[ErrorKind::Ports])
    }

    fn close_wait(&self, n: u64) -> Fact {
        let says = format!(
            "CLOSE_WAIT {}: your own process does not close. The other end has closed these connections; they stay \
             until the program calls close(), and no kernel setting ends them.",
            count(n)
        );
        self.counted("CLOSE_WAIT", Measure::CloseWait, n, says)
            .classes(&[ErrorKind::ClientTimeout, ErrorKind::ClientFds])
    }

    fn syn_recv(&self, n: u64) -> Fact {
        let says = format!(
            "SYN-RECV {}: handshakes that are not finished. The last ACK has not come, or was dropped because the \
             accept queue is full: compare Recv-Q with Send-Q in `ss -ltn`.",
            count(n)
        );
        self.counted("SYN-RECV", Measure::SynRecv, n, says).classes(NO_ROOM)
    }

    fn syn_sent(&self, n: u64) -> Fact {
        let says = format!(
            "SYN-SENT {}: connect() waits for an answer that does not come. A full accept queue and a firewall drop \
             SYNs without a word.",
            count(n)
        );
        self.counted("SYN-SENT", Measure::SynSent, n, says)
            .classes(&[ErrorKind::DialTimeout, ErrorKind::ConnectTimeout])
    }

    fn unread(&self) -> Fact {
        let says = format!(
            "{} established connections hold bytes that the program has not read: their requests wait in the kernel.",
            count(self.unread)
        );
        let severity = if self.unread >= SOME { Severity::Caution } else { Severity::Note };
        Fact::new(self.tool, "unread", severity, says).numbers(&[("unread", self.unread as f64)])
    }

    fn established(&self, n: u64) -> Fact {
        let says = format!("{} established connections.", count(n));
        Fact::new(self.tool, "ESTAB", Severity::Note, says).numbers(&[("established", n as f64)])
    }

    fn counted(&self, label: &'static str, measure: Measure, n: u64, says: String) -> Fact {
        let severity = if n >= SOME { Severity::Trouble } else { Severity::Note };
        Fact::new(self.tool, label, severity, says).numbers(&[("sockets", n as f64)]).measure(measure, n as f64)
    }
}

/// Send-Q of a listener is the smaller one of what the program asked for and net.core.somaxconn: a default of the
/// kernel is the kernel's, anything else is the program's.
fn with_limit(fact: Fact, limit: u64) -> Fact {
    match SOMAXCONN.contains(&limit) {
        true => fact.setting(ParamId::somaxconn, limit),
        false if limit > SOMAXCONN[1] => fact.setting(ParamId::somaxconn, limit).setting(ParamId::backlog, limit),
        false => fact.setting(ParamId::backlog, limit),
    }
}
