//! Gathers a snapshot from the running model: one pass over what is scheduled, one over each store.

use std::collections::VecDeque;

use super::bytes::SegmentBytes;
use super::*;
use crate::params::ServerKind;
use crate::sim::client as caller;
use crate::sim::error::ERRORS;
use crate::sim::event::Event;
use crate::sim::failures::Failure;
use crate::sim::host::{Host, HostId};
use crate::sim::pool::Pool as Library;
use crate::sim::pool::go::Phase;
use crate::sim::processors;
use crate::sim::server::{self as program, Stage};
use crate::sim::tcp::{self, Conn, ConnId, socket, timers};
use crate::sim::trace::Accepting;
use crate::sim::{HTTP_PORT, Sim};

/// The world now.
pub fn snapshot(sim: &Sim) -> Snapshot {
    let mut scheduled = Scheduled::new(sim.conns.slots());
    for (at, event) in sim.scheduler.iter() {
        scheduled.note(sim, at, event.unpack());
    }
    for host in sim.hosts.server_ids() {
        scheduled.note_queues(sim, &sim.hosts[host]);
    }
    let segments = SegmentBytes::with(&sim.params);
    let mut connections: Vec<Connection> =
        sim.conns.iter().map(|(id, conn)| connection(sim, id, conn, &scheduled.of[id.slot()], &segments)).collect();
    connections.sort_unstable_by_key(|connection| connection.number);
    scheduled.packets.sort_unstable();
    let requests = sim.metrics.requests;
    Snapshot {
        at: sim.now,
        clients: clients(sim),
        server: server(sim, &connections),
        connections,
        packets: scheduled.packets,
        nstat: sim.metrics.nstat,
        requests: Requests { in_flight: requests.offered - requests.ok - requests.failed, ..requests },
        errors: errors(sim),
        failures: sim.metrics.latest_failures.iter().map(failed).collect(),
    }
}

fn errors(sim: &Sim) -> Vec<ClassCount> {
    let counts =
        ERRORS.iter().map(|spec| ClassCount { class: spec.class, count: sim.metrics.errors[spec.kind as usize].count });
    counts.filter(|error| error.count > 0).collect()
}

fn failed(&Failure { ended, kind, connection, .. }: &Failure) -> Failed {
    Failed { at: ended, class: kind.class(), kind, connection }
}

/// What is scheduled for a connection, and where it stands in a queue.
#[derive(Clone, Copy, Default)]
struct Plan {
    /// When the timer of the client's end, of the server's end fires.
    timer: [Option<SimTime>; 2],
    /// Copies of the SYN sent so far.
    syns: u8,
    /// When its handler has done its work.
    handler_done: Option<SimTime>,
    /// Its place in the accept queue, or in the queue inside the program.
    position: u32,
}

impl Plan {
    fn set_timer(&mut self, side: Side, at: SimTime) {
        let timer = &mut self.timer[side as usize];
        *timer = Some(timer.map_or(at, |other| other.min(at)));
    }
}

/// All that is scheduled, by the slot of its connection.
struct Scheduled {
    of: Vec<Plan>,
    packets: Vec<InFlight>,
}

impl Scheduled {
    fn new(slots: usize) -> Self {
        Scheduled { of: vec![Plan::default(); slots], packets: Vec::new() }
    }

    /// Where connections stand in the queues of a server.
    fn note_queues(&mut self, sim: &Sim, host: &Host) {
        let waits = |id: &&ConnId| sim.conns.get(**id).is_some_and(|conn| conn.session.stage == Stage::Waiting);
        let queues = [&host.kernel.listener.accept_queue, &host.server.waiting];
        let [accept, waiting] = queues.map(VecDeque::iter);
        for (position, id) in (0..).zip(accept).chain((0..).zip(waiting.filter(waits))) {
            self.of[id.slot()].position = position;
        }
    }

    fn note(&mut self, sim: &Sim, at: SimTime, event: Event) {
        let (Event::AtInputQueue(id, ..)
        | Event::Arrive(id, ..)
        | Event::SynTimer(id, _)
        | Event::Retransmit(id, _)
        | Event::FinTimeout(id, _)
        | Event::HandlerDone(id, _)) = event
        else {
            return;
        };
        let Some(conn) = sim.conns.get(id) else { return };
        let plan = &mut self.of[id.slot()];
        let (to, packet, travel) = match event {
            Event::AtInputQueue(_, packet, travel) => (Side::Server, packet, travel),
            Event::Arrive(_, to, packet, travel) => (to, packet, travel),
            Event::SynTimer(_, n) if conn.client.state == State::SynSent => {
                plan.syns = n - 1;
                return plan.set_timer(Side::Client, at);
            }
            Event::Retransmit(_, side) => return plan.set_timer(side, at),
            Event::FinTimeout(_, side) if conn.end(side).has_bucket => return plan.set_timer(side, at),
            Event::HandlerDone(_, handler) if conn.session.handler == handler => {
                plan.handler_done = Some(at);
                return;
            }
            // Stale.
            _ => return,
        };
        self.packets.push(InFlight {
            arrives: at,
            connection: conn.number,
            to,
            packet,
            sent: SimTime::from_nanos(at.as_nanos() - travel.time().as_nanos()),
            in_input_queue: travel.is_in_input_queue(),
        });
    }
}

fn connection(sim: &Sim, id: ConnId, conn: &Conn, plan: &Plan, segments: &SegmentBytes) -> Connection {
    Connection {
        number: conn.number,
        client: conn.host(Side::Client),
        port: conn.port,
        role: role(sim, conn),
        place: place(sim, id, conn, plan),
        client_end: end(sim, id, conn, Side::Client, plan, segments),
        server_end: end(sim, id, conn, Side::Server, plan, segments),
    }
}

fn role(sim: &Sim, conn: &Conn) -> Role {
    match sim.pconns.get(conn.pconn).map(|pconn| pconn.phase) {
        _ if conn.client.orphan => Role::Closed,
        None => Role::Closed,
        Some(Phase::Dialing(ticket)) => Role::Dialing { wanted: sim.tickets.contains(ticket) },
        Some(Phase::Idle { .. }) => Role::Idle,
        Some(Phase::Delivered(_)) => Role::Delivered,
        Some(Phase::Uploading(_)) => Role::Uploading,
        Some(Phase::Busy(_)) => Role::Busy,
    }
}

fn place(sim: &Sim, id: ConnId, conn: &Conn, plan: &Plan) -> ServerPlace {
    let holds_worker = sim.params.server == ServerKind::Workers;
    let worker = holds_worker.then_some(u32::from(conn.session.worker));
    let listens = socket::is_listening(sim, conn.host(Side::Server));
    match (conn.session.stage, conn.server.state) {
        (Stage::Reading, _) => ServerPlace::Idle { worker },
        (Stage::ReadingBody, _) => ServerPlace::ReadingBody { worker },
        (Stage::Waiting, _) => ServerPlace::Waiting { position: plan.position },
        (Stage::Handling { since }, _) => {
            ServerPlace::Handling { worker: conn.session.worker.into(), since, until: plan.handler_done }
        }
        (Stage::None, _) if conn.queued => ServerPlace::AcceptQueue { position: plan.position },
        (Stage::None, State::SynRecv) if conn.ack_ignored => ServerPlace::HalfAccepted,
        (Stage::None, State::SynRecv) => ServerPlace::SynQueue,
        (Stage::None, State::Closed) if listens && sim.now < sim.rare.get(id).cookie_until => ServerPlace::Cookie,
        (Stage::None, State::Closed | State::TimeWait) => ServerPlace::Nowhere,
        (Stage::None, _) => ServerPlace::Closing,
    }
}

fn end(sim: &Sim, id: ConnId, conn: &Conn, side: Side, plan: &Plan, segments: &SegmentBytes) -> End {
    let state = conn.end(side).state;
    let send_q = send_q(conn, side, segments);
    let timer = match state {
        State::Closed | State::TimeWait => None,
        _ => timer(sim, id, conn, side, plan, send_q > 0),
    };
    let recv_q = recv_q(sim, conn, side, segments);
    End { state, recv_q, send_q, in_time_wait_table: conn.end(side).has_bucket, timer }
}

/// write_seq - snd_una (tcp_diag.c:tcp_diag_get_info): what is on its way, or lost and to be sent again.
fn send_q(conn: &Conn, side: Side, segments: &SegmentBytes) -> u32 {
    match conn.end(side).state {
        State::SynSent => 1,
        State::Closed | State::SynRecv | State::FinWait2 | State::TimeWait => 0,
        _ => segments.of(conn.sender(side).stream.unacknowledged()),
    }
}

/// rcv_nxt - copied_seq: what has come and no program has read, a FIN included.
fn recv_q(sim: &Sim, conn: &Conn, side: Side, segments: &SegmentBytes) -> u32 {
    if !matches!(conn.end(side).state, State::Established | State::CloseWait) {
        return 0;
    }
    let stream = conn.incoming(side);
    // The end of file does not go away by being read.
    let end_is_read = stream.is_ended()
        && match side {
            Side::Client => conn.reader_runs_at == SimTime::MAX,
            // Go reads in the background while a handler runs, and so takes the FIN; a pre-fork worker does not.
            Side::Server => sim.params.server == ServerKind::Go && conn.session.stage != Stage::None,
        };
    segments.of(stream.unread()) - u32::from(end_is_read)
}

fn timer(sim: &Sim, id: ConnId, conn: &Conn, side: Side, plan: &Plan, unacked: bool) -> Option<KernelTimer> {
    let (end, sender) = (conn.end(side), conn.sender(side));
    let copies = match end.state {
        State::SynSent => plan.syns,
        State::SynRecv => conn.syn_ack_timeouts,
        _ => sender.retransmissions.saturating_sub(1),
    };
    let scheduled = plan.timer[side as usize];
    let due = match end.state {
        State::SynSent => scheduled?,
        State::SynRecv => conn.syn_ack_due,
        _ if end.has_bucket => scheduled?,
        // The model starts no timer for a segment that will arrive: its acknowledgement would stop it.
        _ if unacked && !sender.timer_runs => {
            let first_rto = sim.rare.get(id).first_rto;
            sender.last_sent + timers::retransmission_wait(&sim.params, first_rto, sender.retransmissions)
        }
        _ if unacked => scheduled?,
        _ => return None,
    };
    Some(KernelTimer { due, copies })
}

fn clients(sim: &Sim) -> Vec<Client> {
    let mut clients: Vec<Client> = sim.hosts.client_ids().map(|number| client(sim, number)).collect();
    for (_, request) in sim.requests.iter() {
        let client = &mut clients[usize::from(request.host)];
        match request.attempt {
            Some(_) => client.requests_in_flight += 1,
            None => client.requests_waiting_to_retry += 1,
        }
    }
    for (_, ticket) in sim.tickets.iter() {
        clients[usize::from(sim.attempts[ticket.attempt].host)].pool.waiting += 1;
    }
    for (_, pconn) in sim.pconns.iter() {
        let pool = &mut clients[usize::from(pconn.host)].pool;
        match pconn.phase {
            Phase::Dialing(ticket) => {
                pool.dialing += 1;
                pool.dialing_for_nobody += u32::from(!sim.tickets.contains(ticket));
            }
            Phase::Idle { .. } => {}
            Phase::Delivered(_) | Phase::Uploading(_) | Phase::Busy(_) => pool.busy += 1,
        }
    }
    clients
}

/// A client host, without what is counted over requests and connections.
fn client(sim: &Sim, number: HostId) -> Client {
    let host = &sim.hosts[number];
    let ports = &host.kernel.ports;
    let time_wait: Vec<TimeWait> =
        ports.resting(sim.now).map(|(end, port)| TimeWait { client: number, port, end }).collect();
    Client {
        address: sim.hosts.address(&sim.params, number),
        requests_in_flight: 0,
        requests_waiting_to_retry: 0,
        pool: pool(sim, &host.client),
        ports: Ports {
            in_use: ports.in_use(),
            time_wait: time_wait.len() as u32,
            first: tcp::ports::first_port(sim.params.ports),
            limit: sim.params.ports,
        },
        descriptors: Descriptors { open: host.client.sockets + caller::OWN_DESCRIPTORS, limit: sim.params.client_fds },
        run_queue: processors::run_queue(sim, number),
        time_wait,
    }
}

fn pool(sim: &Sim, client: &caller::Client) -> Pool {
    let Library::Go(transport) = &client.pool;
    let idle = transport.idle.iter().filter_map(|id| {
        let pconn = &sim.pconns[*id];
        let Phase::Idle { since } = pconn.phase else { return None };
        let conn = pconn.conn.and_then(|conn| sim.conns.get(conn));
        Some(Idle { connection: conn.map(|conn| conn.number), since })
    });
    Pool {
        idle: idle.collect(),
        idle_limit: sim.params.idle,
        busy: 0,
        dialing: 0,
        dialing_for_nobody: 0,
        waiting: 0,
        waiting_for_slot: transport.slot_wait.iter().filter(|ticket| sim.tickets.contains(**ticket)).count() as u32,
        open: transport.conns,
        open_limit: sim.params.max_conns,
    }
}

fn server(sim: &Sim, connections: &[Connection]) -> Server {
    // The first server: a snapshot shows one.
    let host = sim.hosts.server_ids().start;
    let (Host { kernel, server, .. }, params) = (&sim.hosts[host], &sim.params);
    let listener = &kernel.listener;
    let count = |place: ServerPlace| connections.iter().filter(|connection| connection.place == place).count() as u32;
    let waiting = connections.iter().filter(|connection| matches!(connection.place, ServerPlace::Waiting { .. }));
    let resting = kernel.time_wait.resting(sim.now);
    let limit = tcp::listener::queue_limit(sim, host);
    Server {
        address: SocketAddrV4::new(sim.hosts.address(params, host), HTTP_PORT),
        listening: listener.up,
        accepting: matches!(program::accepting(sim, host), Accepting::Yes | Accepting::NoWorker),
        accept_queue: Occupancy { length: listener.accept_queue.len() as u32, limit },
        syn_queue: Occupancy { length: listener.syn_queue, limit },
        half_accepted: count(ServerPlace::HalfAccepted),
        workers: Occupancy { length: server.busy, limit: params.workers },
        worker_per_connection: params.server == ServerKind::Workers,
        waiting: waiting.count() as u32,
        descriptors: Descriptors { open: server.open + program::OWN_DESCRIPTORS, limit: params.server_fds },
        run_queue: processors::run_queue(sim, host),
        time_wait: resting.map(|at| TimeWait { client: at.peer, port: at.port, end: at.end }).collect(),
    }
}
