//! The numbers of a snapshot that the scene writes, its table lists and a screen reader hears.

use connlab::scene::Zone;
use connlab::sim::snapshot::{Client, Connection, Occupancy, ServerPlace, Snapshot, State};
use connlab::words::{count, seconds};
use maud::html;

/// What is counted at one instant, all client hosts together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SceneCounts {
    /// Requests whose call has not returned.
    pub in_flight: u32,
    /// Idle connections and most that are kept.
    pub idle: Occupancy,
    /// Ports that no new connection can have, and all there are.
    pub ports: Occupancy,
    /// Descriptors of the client processes; a limit of 0 is none.
    pub client_files: Occupancy,
    /// Steps of the clients that wait for a processor; none where those are not limited.
    pub client_run_queue: Option<u32>,
    /// TIME_WAITs at the clients.
    pub time_wait: u32,
    /// Client ends in ESTABLISHED.
    pub established: u32,
    /// Client ends in SYN_SENT.
    pub syn_sent: u32,
    /// Packets on their way.
    pub packets: u32,
    /// Connections in SYN_SENT of which nothing is on its way: their SYN or its answer was lost.
    pub lost: u32,
    /// Handshakes at the server.
    pub syn_queue: Occupancy,
    /// Those whose client believes itself connected.
    pub half_accepted: u32,
    /// Completed connections that wait for accept().
    pub accept_queue: Occupancy,
    /// Workers.
    pub workers: Occupancy,
    /// Requests that wait for a worker.
    pub waiting: u32,
    /// Accepted connections without a request.
    pub keep_alive: u32,
    /// Descriptors of the server process; a limit of 0 is none.
    pub server_files: Occupancy,
    /// Steps of the server that wait for a processor; none where those are not limited.
    pub server_run_queue: Option<u32>,
}

impl SceneCounts {
    /// Reads them off.
    pub fn new(snapshot: &Snapshot) -> SceneCounts {
        let (connections, server) = (&snapshot.connections, &snapshot.server);
        let many = |is: &dyn Fn(&Connection) -> bool| connections.iter().filter(|one| is(one)).count() as u32;
        let state = |state| many(&|one| one.client_end.state == state);
        let sum = |of: &dyn Fn(&Client) -> u32| snapshot.clients.iter().map(of).sum();
        let all = |length: &dyn Fn(&Client) -> u32, limit: &dyn Fn(&Client) -> u32| Occupancy {
            length: sum(length),
            limit: sum(limit),
        };
        SceneCounts {
            in_flight: sum(&|client| client.requests_in_flight),
            idle: all(&|client| client.pool.idle.len() as u32, &|client| client.pool.idle_limit),
            ports: all(&|client| client.ports.in_use + client.ports.time_wait, &|client| client.ports.limit),
            client_files: all(&|client| client.descriptors.open, &|client| client.descriptors.limit),
            client_run_queue: snapshot.clients.iter().filter_map(|client| client.run_queue).reduce(|sum, n| sum + n),
            time_wait: sum(&|client| client.ports.time_wait),
            established: state(State::Established),
            syn_sent: state(State::SynSent),
            packets: snapshot.packets.len() as u32,
            lost: lost(snapshot).into_iter().filter(|lost| *lost).count() as u32,
            syn_queue: server.syn_queue,
            half_accepted: server.half_accepted,
            accept_queue: server.accept_queue,
            workers: server.workers,
            waiting: server.waiting,
            keep_alive: many(&|one| matches!(one.place, ServerPlace::Idle { .. })),
            server_files: Occupancy { length: server.descriptors.open, limit: server.descriptors.limit },
            server_run_queue: server.run_queue,
        }
    }

    /// Where, what is counted, how much, of how much.
    fn rows(&self) -> Vec<(Zone, &'static str, u32, Option<u32>)> {
        let level = |zone, name, level: Occupancy| (zone, name, level.length, Some(level.limit));
        let files =
            |zone, level: Occupancy| (zone, "descriptors", level.length, Some(level.limit).filter(|limit| *limit > 0));
        let waiting = |zone, queue: Option<u32>| queue.map(|queue| (zone, "waiting for a processor", queue, None));
        let client = [
            (Zone::Client, "requests in flight", self.in_flight, None),
            level(Zone::Client, "idle pool", self.idle),
            level(Zone::Client, "ports", self.ports),
            files(Zone::Client, self.client_files),
            (Zone::Client, "TIME_WAIT", self.time_wait, None),
            (Zone::Client, "ESTABLISHED", self.established, None),
            (Zone::Client, "SYN_SENT", self.syn_sent, None),
        ];
        let beyond = [
            (Zone::Network, "packets", self.packets, None),
            (Zone::Network, "lost SYNs", self.lost, None),
            level(Zone::Kernel, "SYN queue", self.syn_queue),
            (Zone::Kernel, "half-accepted", self.half_accepted, None),
            level(Zone::Kernel, "accept queue", self.accept_queue),
            level(Zone::Program, "workers", self.workers),
            (Zone::Program, "waiting for a worker", self.waiting, None),
            (Zone::Program, "idle keep-alive", self.keep_alive, None),
            files(Zone::Program, self.server_files),
        ];
        let client = client.into_iter().chain(waiting(Zone::Client, self.client_run_queue));
        client.chain(beyond).chain(waiting(Zone::Program, self.server_run_queue)).collect()
    }

    /// The rows of a table: what, how much, of how much.
    pub fn table(&self) -> String {
        html! {
            @for (zone, name, n, of) in self.rows() {
                tr {
                    th scope="row" { (zone.name()) ": " (name) }
                    td { (count(n.into())) }
                    td { @if let Some(of) = of { (count(of.into())) } }
                }
            }
        }
        .into_string()
    }

    /// In one sentence.
    pub fn sentence(&self, snapshot: &Snapshot) -> String {
        let mut text = format!("At {}", seconds(snapshot.at.as_secs_f64()));
        let mut zone = None;
        for (of, name, n, limit) in self.rows() {
            text += if zone == Some(of) { ", " } else { "; " };
            if zone.replace(of) != Some(of) {
                text += &format!("{}: ", of.name().to_ascii_lowercase());
            }
            text += &format!("{name} {}", count(n.into()));
            if let Some(limit) = limit {
                text += &format!(" of {}", count(limit.into()));
            }
        }
        text + match (snapshot.server.listening, snapshot.server.accepting) {
            (false, _) => "; nobody listens.",
            (true, false) => "; nobody calls accept().",
            _ => ".",
        }
    }
}

/// For every connection, whether a client waits for an answer to its SYN and nothing of the kind is on its way.
pub fn lost(snapshot: &Snapshot) -> Vec<bool> {
    let waits = |connection: &Connection| {
        connection.client_end.state == State::SynSent
            && matches!(connection.place, ServerPlace::Nowhere | ServerPlace::Cookie)
    };
    let mut lost: Vec<bool> = snapshot.connections.iter().map(waits).collect();
    for packet in &snapshot.packets {
        if let Ok(i) = snapshot.connections.binary_search_by_key(&packet.connection, |connection| connection.number) {
            lost[i] = false;
        }
    }
    lost
}
