//! The world at one instant, as the tools of Linux print it: `ss` for the sockets of one host, `nstat` for counters.
//!
//! Columns, names of states and odd cases are those of iproute2 6.1 with its output going to a file, so that what one
//! reads here can be compared with what one's own machine prints. Blanks at line ends are left out. Lists are cut after
//! [`ROWS_PER_STATE`] sockets of a state, and say so in a line of their own. Keep-alive timers, which Go starts on
//! every connection, are not modelled and not shown (M-27).

use std::fmt::Write;
use std::net::Ipv4Addr;

use crate::sim::snapshot::{Connection, KernelTimer, Side, Snapshot, State, TimeWait};
use crate::time::{SimDuration, SimTime};

/// How many sockets of one state are listed.
pub const ROWS_PER_STATE: usize = 200;

/// Whose tools are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketHost {
    /// The server.
    Server,
    /// The client host with this number, from 0.
    Client(u16),
}

impl SocketHost {
    fn side(self) -> Side {
        match self {
            SocketHost::Server => Side::Server,
            SocketHost::Client(_) => Side::Client,
        }
    }

    fn address(self, snapshot: &Snapshot) -> Ipv4Addr {
        match self {
            SocketHost::Server => *snapshot.server.address.ip(),
            SocketHost::Client(number) => snapshot.clients[usize::from(number)].address,
        }
    }

    /// Its end of every connection that it has a part in.
    fn connections(self, snapshot: &Snapshot) -> impl Iterator<Item = &Connection> {
        let is_mine = move |connection: &&Connection| match self {
            SocketHost::Server => true,
            SocketHost::Client(number) => connection.client == number,
        };
        snapshot.connections.iter().filter(is_mine)
    }

    fn time_wait(self, snapshot: &Snapshot) -> &[TimeWait] {
        match self {
            SocketHost::Server => &snapshot.server.time_wait,
            SocketHost::Client(number) => &snapshot.clients[usize::from(number)].time_wait,
        }
    }

    fn listens(self, snapshot: &Snapshot) -> bool {
        self == SocketHost::Server && snapshot.server.listening
    }
}

/// The states as `ss` calls them, in the order in which they are listed here; `ss` itself lists listeners first and the
/// others in the order of a hash table.
const STATES: [(State, &str); 9] = [
    (State::SynRecv, "SYN-RECV"),
    (State::Established, "ESTAB"),
    (State::CloseWait, "CLOSE-WAIT"),
    (State::SynSent, "SYN-SENT"),
    (State::FinWait1, "FIN-WAIT-1"),
    (State::FinWait2, "FIN-WAIT-2"),
    (State::Closing, "CLOSING"),
    (State::LastAck, "LAST-ACK"),
    (State::TimeWait, "TIME-WAIT"),
];

/// All that `ss` says about a host, each part under the command that prints it.
pub fn text(snapshot: &Snapshot, host: SocketHost) -> String {
    let (address, at) = (host.address(snapshot), snapshot.at.as_secs_f64());
    let who = match host {
        SocketHost::Server => "server".into(),
        SocketHost::Client(number) => format!("client {}", number + 1),
    };
    let mut text = format!("# {who}, {address}, at {at:.3} s\n");
    for (command, output) in [
        ("ss -ltn", listeners(snapshot, host)),
        ("ss -tano", sockets(snapshot, host)),
        ("ss -tan | awk 'NR > 1 { print $1 }' | sort | uniq -c", states(snapshot, host)),
        ("ss -s", summary(snapshot, host)),
    ] {
        text += &format!("$ {command}\n{output}");
        if !text.ends_with("\n\n") {
            text.push('\n');
        }
    }
    text
}

/// `ss -ltn`: the listening sockets. Recv-Q is what waits for accept(), Send-Q how much may; one more fits (T-2).
pub fn listeners(snapshot: &Snapshot, host: SocketHost) -> String {
    table(&listening(snapshot, host).into_iter().collect::<Vec<_>>())
}

/// `ss -tano`: all sockets, with their timers.
pub fn sockets(snapshot: &Snapshot, host: SocketHost) -> String {
    let mut rows: Vec<Row> = listening(snapshot, host).into_iter().collect();
    let mut cut = String::new();
    for (state, name) in STATES {
        let all = count(snapshot, host, state);
        match state {
            State::TimeWait => rows.extend(resting(snapshot, host).take(ROWS_PER_STATE)),
            _ => rows.extend(open(snapshot, host, state, name).take(ROWS_PER_STATE)),
        }
        if let Some(more) = all.checked_sub(ROWS_PER_STATE).filter(|more| *more > 0) {
            let _ = writeln!(cut, "... and {more} more {name}");
        }
    }
    table(&rows) + &cut
}

/// `ss -tan | awk 'NR > 1 { print $1 }' | sort | uniq -c`: how many sockets there are in each state.
pub fn states(snapshot: &Snapshot, host: SocketHost) -> String {
    let listen = usize::from(host.listens(snapshot));
    let mut counts: Vec<(&str, usize)> = STATES.map(|(state, name)| (name, count(snapshot, host, state))).to_vec();
    counts.push(("LISTEN", listen));
    counts.sort_unstable();
    let lines = counts.iter().filter(|(_, count)| *count > 0);
    lines.map(|(name, count)| format!("{count:>7} {name}\n")).collect()
}

/// `ss -s`: the summary.
///
/// Its `closed` counts TIME_WAITs once more, as iproute2 does; `estab` counts CLOSE_WAIT too (tcp_states: CurrEstab);
/// handshakes in the SYN queue are no sockets yet.
pub fn summary(snapshot: &Snapshot, host: SocketHost) -> String {
    let (side, listen) = (host.side(), usize::from(host.listens(snapshot)));
    let of = |state| count(snapshot, host, state);
    let among = |condition: &dyn Fn(&Connection) -> bool| host.connections(snapshot).filter(|c| condition(c)).count();
    let shrunk = among(&|connection| connection.end(side).in_time_wait_table);
    let time_wait = of(State::TimeWait) + shrunk;
    let estab = of(State::Established) + of(State::CloseWait);
    let orphaned = of(State::FinWait1) + of(State::FinWait2) - shrunk + of(State::Closing) + of(State::LastAck);
    let hashed = listen + of(State::SynSent) + estab + orphaned;
    let held = listen + among(&|connection| connection.is_held(side));
    let reset = among(&|connection| connection.is_held(side) && connection.end(side).state == State::Closed);
    let (tcp, closed) = (hashed + reset + time_wait, reset + time_wait);
    format!(
        "Total: {held}\n\
         TCP:   {tcp} (estab {estab}, closed {closed}, orphaned {orphaned}, timewait {time_wait})\n\
         \n\
         Transport Total     IP        IPv6\n\
         RAW\t  0         0         0\n\
         UDP\t  0         0         0\n\
         TCP\t  {hashed:<9} {hashed:<9} 0\n\
         INET\t  {hashed:<9} {hashed:<9} 0\n\
         FRAG\t  0         0         0\n\
         \n"
    )
}

/// `nstat -az`: the counters that are modelled, of both sides together, from the start of the run.
pub fn counters(snapshot: &Snapshot) -> String {
    let line = |(name, count)| format!("{name:<32}{count:<16}{:>6.1}\n", 0.0);
    std::iter::once("#kernel\n".into()).chain(snapshot.nstat.counters().map(line)).collect()
}

/// One socket.
struct Row {
    state: &'static str,
    recv_q: u32,
    send_q: u32,
    local: (Ipv4Addr, u16),
    /// None: any (a listening socket).
    peer: Option<(Ipv4Addr, u16)>,
    timer: String,
}

fn listening(snapshot: &Snapshot, host: SocketHost) -> Option<Row> {
    let queue = snapshot.server.accept_queue;
    host.listens(snapshot).then(|| Row {
        state: "LISTEN",
        recv_q: queue.length,
        send_q: queue.limit - 1,
        local: (Ipv4Addr::UNSPECIFIED, snapshot.server.address.port()),
        peer: None,
        timer: String::new(),
    })
}

/// The two addresses of a connection of this client, as this host sees them.
fn addresses(snapshot: &Snapshot, host: SocketHost, client: u16, port: u16) -> ((Ipv4Addr, u16), (Ipv4Addr, u16)) {
    let client = (SocketHost::Client(client).address(snapshot), port);
    let server = (*snapshot.server.address.ip(), snapshot.server.address.port());
    match host {
        SocketHost::Server => (server, client),
        SocketHost::Client(_) => (client, server),
    }
}

/// Sockets in a state other than LISTEN and TIME-WAIT.
fn open(snapshot: &Snapshot, host: SocketHost, state: State, name: &'static str) -> impl Iterator<Item = Row> {
    let side = host.side();
    let mine = host.connections(snapshot).filter(move |connection| connection.end(side).state == state);
    mine.map(move |connection| {
        let end = connection.end(side);
        let (local, peer) = addresses(snapshot, host, connection.client, connection.port);
        let kind = if end.in_time_wait_table { "timewait" } else { "on" };
        let timer = end.timer.map(|KernelTimer { due, copies }| timer(kind, snapshot.at, due, copies));
        Row {
            state: name,
            recv_q: end.recv_q,
            send_q: end.send_q,
            local,
            peer: Some(peer),
            timer: timer.unwrap_or_default(),
        }
    })
}

fn resting(snapshot: &Snapshot, host: SocketHost) -> impl Iterator<Item = Row> {
    host.time_wait(snapshot).iter().map(move |rest| {
        let (local, peer) = addresses(snapshot, host, rest.client, rest.port);
        let timer = timer("timewait", snapshot.at, rest.end, 0);
        Row { state: "TIME-WAIT", recv_q: 0, send_q: 0, local, peer: Some(peer), timer }
    })
}

fn count(snapshot: &Snapshot, host: SocketHost, state: State) -> usize {
    match state {
        State::TimeWait => host.time_wait(snapshot).len(),
        _ => host.connections(snapshot).filter(|connection| connection.end(host.side()).state == state).count(),
    }
}

fn timer(kind: &str, now: SimTime, due: SimTime, copies: u8) -> String {
    format!(" timer:({kind},{},{copies})", rest(due.since(now)))
}

/// A timer's rest as `ss` prints it (ss.c:print_ms_timer): `060ms`, `1.020ms` (seconds, in fact), `58sec`, `1min30sec`.
fn rest(time: SimDuration) -> String {
    let ms = time.as_micros() / 1_000;
    let (minutes, seconds, ms) = (ms / 60_000, ms / 1_000 % 60, ms % 1_000);
    let seconds = if minutes > 9 { 0 } else { seconds };
    let ms = if minutes > 0 || seconds > 9 { 0 } else { ms };
    let mut text = String::new();
    if minutes > 0 {
        let _ = write!(text, "{minutes}min");
    }
    if seconds > 0 {
        let _ = write!(text, "{seconds}{}", if ms > 0 { "." } else { "sec" });
    }
    if ms > 0 {
        let _ = write!(text, "{ms:03}ms");
    }
    text
}

/// Rows under the heading of `ss`. Addresses stand to the right, everything else to the left.
fn table(rows: &[Row]) -> String {
    const HEADING: [&str; 8] =
        ["State", "Recv-Q", "Send-Q", "Local Address:", "Port", "Peer Address:", "Port", "Process"];
    let cells = rows.iter().map(|row| {
        let (peer, peer_port) =
            row.peer.map_or((Ipv4Addr::UNSPECIFIED, "*".into()), |(ip, port)| (ip, port.to_string()));
        [
            row.state.into(),
            row.recv_q.to_string(),
            row.send_q.to_string(),
            format!("{}:", row.local.0),
            row.local.1.to_string(),
            format!("{peer}:"),
            peer_port,
            row.timer.clone(),
        ]
    });
    let lines: Vec<[String; 8]> = std::iter::once(HEADING.map(String::from)).chain(cells).collect();
    let mut width = [0; 8];
    for line in &lines {
        width.iter_mut().zip(line).for_each(|(width, cell)| *width = cell.len().max(*width));
    }
    let [state, recv_q, send_q, local, port, peer, peer_port, _] = width;
    let mut text = String::new();
    for [a, b, c, d, e, f, g, h] in &lines {
        let line = format!("{a:<state$} {b:<recv_q$} {c:<send_q$} {d:>local$}{e:<port$} {f:>peer$}{g:<peer_port$}{h}");
        text += line.trim_end();
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What iproute2 6.1 printed for a listener on 127.0.0.1 with a full queue and its clients, without the blanks at
    /// line ends; `ss -tano`, then `ss -ltn`.
    #[test]
    fn columns_stand_where_ss_puts_them() {
        let row = |state, (recv_q, send_q), local, peer: Option<u16>, timer: &str| Row {
            state,
            recv_q,
            send_q,
            local: (Ipv4Addr::LOCALHOST, local),
            peer: peer.map(|port| (Ipv4Addr::LOCALHOST, port)),
            timer: timer.into(),
        };
        let listen = row("LISTEN", (5, 4), 80, None, "");
        assert_eq!(
            table(&[listen]),
            "State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n\
             LISTEN 5      4          127.0.0.1:80        0.0.0.0:*\n"
        );
        let rows = [
            row("LISTEN", (5, 4), 80, None, ""),
            row("ESTAB", (0, 0), 80, Some(55_924), ""),
            row("TIME-WAIT", (0, 0), 55_882, Some(80), " timer:(timewait,58sec,0)"),
            row("FIN-WAIT-2", (0, 0), 55_890, Some(80), " timer:(timewait,59sec,0)"),
            row("SYN-SENT", (0, 1), 55_940, Some(80), " timer:(on,060ms,0)"),
            row("CLOSE-WAIT", (91, 0), 80, Some(55_910), ""),
        ];
        let recorded = "\
State      Recv-Q Send-Q Local Address:Port  Peer Address:Port Process
LISTEN     5      4          127.0.0.1:80         0.0.0.0:*
ESTAB      0      0          127.0.0.1:80       127.0.0.1:55924
TIME-WAIT  0      0          127.0.0.1:55882    127.0.0.1:80    timer:(timewait,58sec,0)
FIN-WAIT-2 0      0          127.0.0.1:55890    127.0.0.1:80    timer:(timewait,59sec,0)
SYN-SENT   0      1          127.0.0.1:55940    127.0.0.1:80    timer:(on,060ms,0)
CLOSE-WAIT 91     0          127.0.0.1:80       127.0.0.1:55910
";
        assert_eq!(table(&rows), recorded);
    }

    /// What iproute2 6.1 printed for sockets of a machine, timers of 1 to 58 seconds among them.
    #[test]
    fn timers_read_as_ss_prints_them() {
        let ms = SimDuration::from_millis;
        for (time, text) in [
            (60, "060ms"),
            (84, "084ms"),
            (1_020, "1.020ms"),
            (3_000, "3sec"),
            (9_999, "9.999ms"),
            (58_700, "58sec"),
            (60_000, "1min"),
            (90_500, "1min30sec"),
            (610_000, "10min"),
            (0, ""),
        ] {
            assert_eq!(rest(ms(time)), text, "{time} ms");
        }
    }
}
