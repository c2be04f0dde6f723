//! The listening socket: SYN queue, accept queue, and what happens when either is full (T-1 to T-16).
//!
//! Source: FreeBSD sys/netinet/tcp_input.c, tcp_syncache.c (`os=bsd`);
//! Linux tcp_input.c:tcp_conn_request (SYN), tcp_minisocks.c:tcp_check_req (last ACK),
//! inet_connection_sock.c:reqsk_timer_handler (SYN-ACK timer) and inet_csk_listen_stop (close).
//! Left out: the loss of options with a cookie, tcp_migrate_req.

use std::collections::VecDeque;

use super::{Conn, ConnId, Packet, Side, State, close, rtt_cache, timers, transmit};
use crate::params::{Os, Tri};
use crate::sim::event::Event;
use crate::sim::host::HostId;
use crate::sim::needs::Need;
use crate::sim::trace::{DropCause, What, Why};
use crate::sim::{Sim, server};
use crate::time::{SimDuration, SimTime};

/// How long a SYN cookie is valid: MAX_SYNCOOKIE_AGE, two minutes.
const COOKIE_LIFE: SimDuration = SimDuration::from_secs(120);

/// The server's listening socket.
#[derive(Clone, Debug, Default)]
pub struct Listener {
    /// Whether there is one.
    pub up: bool,
    /// Since when: a cookie counts only for the socket that sent it.
    since: SimTime,
    /// What each of its queues holds, by the backlog when listen() was called (T-1, T-3).
    limit: u32,
    /// Completed connections not yet accepted, oldest first.
    pub accept_queue: VecDeque<ConnId>,
    /// Handshakes in SYN_RECV, half-accepted ones included.
    pub syn_queue: u32,
    /// Those of them whose SYN-ACK timer has not fired yet.
    young: u32,
}

impl Listener {
    /// Full when it holds *more* than the backlog (T-2). While nobody listens there is none that could be.
    pub fn accept_queue_is_full(&self) -> bool {
        self.up && self.accept_queue.len() >= self.limit as usize
    }

    /// How often a SYN-ACK may be sent again now, of `retries` at most. More than half of the queue is kept for young
    /// requests: as they get fewer, old ones are given up sooner, though never before the second repetition (T-11).
    fn allowed_syn_acks(&self, retries: u32, need: &mut Need) -> u32 {
        let mut allowed = retries;
        let twice = self.syn_queue * 2;
        if twice > 8 && !need.admits(twice + 1, self.limit) {
            let mut young = self.young * 2;
            while allowed > 2 && self.syn_queue >= young {
                allowed -= 1;
                young *= 2;
            }
        }
        allowed
    }
}

/// listen(): fixes the effective backlog.
pub fn listen(sim: &mut Sim, host: HostId) {
    let listener = &mut sim.hosts[host].kernel.listener;
    listener.up = true;
    listener.since = sim.now;
    listener.limit = sim.params.queue_limit();
}

/// What the accept queue holds, and the SYN queue; while nobody listens, those of the next socket.
pub fn queue_limit(sim: &Sim, host: HostId) -> u32 {
    let listener = &sim.hosts[host].kernel.listener;
    if listener.up { listener.limit } else { sim.params.queue_limit() }
}

/// The listening socket that a connection is for.
fn of(sim: &mut Sim, id: ConnId) -> &mut Listener {
    &mut sim.kernel(id, Side::Server).listener
}

/// A SYN arrives (T-5 to T-7).
pub fn on_syn(sim: &mut Sim, id: ConnId) {
    let host = sim.conns[id].host(Side::Server);
    if !sim.hosts[host].kernel.listener.up {
        drop_packet(sim, id, Packet::Syn, DropCause::NoListener);
        return close::send_rst(sim, id, Side::Client);
    }
    match sim.conns[id].server.state {
        State::Closed => {}
        // A repeated SYN: the SYN-ACK is sent again and its timer starts anew; no second request is made (T-7).
        State::SynRecv => {
            send_syn_ack_again(sim, id);
            let next = sim.conns[id].syn_ack_timeouts + 1;
            return start_syn_ack_timer(sim, id, next);
        }
        _ => return,
    }
    let nstat = &mut sim.metrics.nstat;
    let listener = &sim.hosts[host].kernel.listener;
    let cookies = sim.params.syncookies;
    let needs = &mut sim.metrics.needs;
    let wants_cookie = cookies == Tri::Special || !needs.queue_limit.admits(listener.syn_queue + 1, listener.limit);
    if wants_cookie {
        if cookies == Tri::Off {
            nstat.TcpExtTCPReqQFullDrop += 1;
            nstat.TcpExtListenDrops += 1;
            return drop_packet(sim, id, Packet::Syn, DropCause::SynQueue);
        }
        nstat.TcpExtTCPReqQFullDoCookies += 1;
    }
    // FreeBSD's syncache has room whatever the accept queue holds, and looks at that with the last ACK.
    let queued = listener.accept_queue.len() as u32 + 1;
    if sim.params.os != Os::Bsd && !needs.queue_limit.admits(queued, listener.limit) {
        nstat.TcpExtListenOverflows += 1;
        nstat.TcpExtListenDrops += 1;
        let answers = sim.params.os == Os::Windows;
        drop_packet(sim, id, Packet::Syn, if answers { DropCause::AcceptQueueReset } else { DropCause::AcceptQueue });
        if answers {
            close::send_rst(sim, id, Side::Client);
        }
        return;
    }
    if cookies == Tri::Off && !needs.syn_max.admits(syn_max_for(listener.syn_queue), sim.params.syn_max) {
        nstat.TcpExtListenDrops += 1;
        return drop_packet(sim, id, Packet::Syn, DropCause::SynReserve);
    }
    if wants_cookie {
        nstat.TcpExtSyncookiesSent += 1;
        sim.rare.entry(id).cookie_until = sim.now + COOKIE_LIFE;
        sim.note(id, What::Cookie);
    } else {
        sim.conns[id].server.state = State::SynRecv;
        sim.note(id, What::Becomes { side: Side::Server, state: State::SynRecv });
        sim.conns[id].syn_ack_timeouts = 0;
        enter_syn_queue(sim, id);
        start_syn_ack_timer(sim, id, 1);
    }
    rtt_cache::on_syn_ack_sent(sim, id);
    transmit(sim, id, Side::Client, Packet::SynAck);
}

/// The smallest tcp_max_syn_backlog with which a SYN is taken that finds so many handshakes: its last quarter is kept
/// for peers with a proven route, and nobody here has one (T-4).
fn syn_max_for(handshakes: u32) -> u32 {
    handshakes + handshakes.saturating_sub(1) / 3
}

/// A packet towards the server is not taken.
fn drop_packet(sim: &mut Sim, id: ConnId, packet: Packet, rule: DropCause) {
    sim.note(id, What::Dropped { packet, to: Side::Server, rule, next: None });
}

/// A segment with an ACK arrives for a handshake that is not complete. Returns whether it is now.
///
/// The accept queue full: the ACK is ignored, and whatever data came with it is dropped (T-9); the client believes
/// itself connected. With tcp_abort_on_overflow, and on BSD (syncache.rst_on_sock_fail, on by default, also for a
/// cookie), the client gets an RST instead.
pub fn complete_handshake(sim: &mut Sim, id: ConnId, packet: Packet) -> bool {
    let by_cookie = sim.conns[id].server.state != State::SynRecv;
    if by_cookie {
        let valid_until = sim.rare.get(id).cookie_until;
        let Listener { up, since, .. } = *of(sim, id);
        if !up || sim.now >= valid_until || valid_until < since + COOKIE_LIFE {
            // No such connection here (T-16).
            drop_packet(sim, id, packet, DropCause::Unknown);
            close::send_rst(sim, id, Side::Client);
            return false;
        }
        sim.metrics.nstat.TcpExtSyncookiesRecv += 1;
    }
    let Listener { accept_queue, limit, .. } = &sim.hosts[sim.conns[id].host(Side::Server)].kernel.listener;
    if !sim.metrics.needs.queue_limit.admits(accept_queue.len() as u32 + 1, *limit) {
        sim.conns[id].ack_ignored = true;
        sim.metrics.nstat.TcpExtListenOverflows += 1;
        sim.metrics.nstat.TcpExtListenDrops += 1;
        let answers = sim.params.os == Os::Bsd || (sim.params.abort_on_overflow && !by_cookie);
        drop_packet(sim, id, packet, if answers { DropCause::AcceptQueueReset } else { DropCause::AcceptQueue });
        if answers {
            sim.metrics.nstat.TcpExtEmbryonicRsts += 1;
            match by_cookie {
                true => forget_cookie(sim, id),
                false => forget_request(sim, id),
            }
            close::send_rst(sim, id, Side::Client);
        }
        return false;
    }
    if !by_cookie {
        leave_syn_queue(sim, id);
    }
    sim.metrics.nstat.TcpPassiveOpens += 1;
    let conn = &mut sim.conns[id];
    conn.server.state = State::Established;
    conn.queued = true;
    let host = conn.host(Side::Server);
    rtt_cache::on_handshake_complete(sim, id);
    forget_cookie(sim, id);
    sim.hosts[host].kernel.listener.accept_queue.push_back(id);
    sim.metrics.accept_queue.up(sim.now);
    sim.note(id, What::Becomes { side: Side::Server, state: State::Established });
    sim.note(id, What::Queued);
    server::accept_pending(sim, host);
    true
}

fn forget_cookie(sim: &mut Sim, id: ConnId) {
    if let Some(rare) = sim.rare.get_mut(id) {
        rare.cookie_until = SimTime::ZERO;
    }
}

/// A segment that is not the client's first arrives before that was taken. If a cookie was sent, it cannot answer it: a
/// cookie is checked against the sequence number of the first segment (cookie_v4_check). Returns whether that was so.
pub fn refuse_cookie(sim: &mut Sim, id: ConnId, packet: Packet) -> bool {
    let refused = sim.conns[id].server.state == State::Closed && sim.now < sim.rare.get(id).cookie_until;
    if refused {
        sim.metrics.nstat.TcpExtSyncookiesFailed += 1;
        close::refuse(sim, id, Side::Server, packet);
    }
    refused
}

/// Takes the oldest connection out of the accept queue: what accept() returns.
pub fn accept(sim: &mut Sim, host: HostId) -> Option<ConnId> {
    let id = sim.hosts[host].kernel.listener.accept_queue.pop_front()?;
    sim.metrics.accept_queue.down(sim.now);
    let conn = &mut sim.conns[id];
    conn.queued = false;
    conn.server.orphan = false;
    sim.note(id, What::Accepted);
    Some(id)
}

/// The request leaves the SYN queue without becoming a connection.
pub fn forget_request(sim: &mut Sim, id: ConnId) {
    sim.note(id, What::Becomes { side: Side::Server, state: State::Closed });
    sim.conns[id].server.state = State::Closed;
    leave_syn_queue(sim, id);
}

fn enter_syn_queue(sim: &mut Sim, id: ConnId) {
    let listener = of(sim, id);
    listener.young += 1;
    listener.syn_queue += 1;
    sim.metrics.syn_queue.up(sim.now);
}

fn leave_syn_queue(sim: &mut Sim, id: ConnId) {
    let is_young = sim.conns[id].syn_ack_timeouts == 0;
    let listener = of(sim, id);
    listener.young -= u32::from(is_young);
    listener.syn_queue -= 1;
    sim.metrics.syn_queue.down(sim.now);
}

/// The SYN-ACK timer: again at 1, 3, 7, 15, 31 s, forgotten at 63 s (T-10), or earlier where the queue is crowded
/// (T-11). Half-accepted requests go on too.
pub fn on_syn_ack_timer(sim: &mut Sim, id: ConnId, n: u8) {
    let now = sim.now;
    // Not the timer that runs: it was started anew since.
    let is_stale = |conn: &Conn| conn.server.state != State::SynRecv || now < conn.syn_ack_due;
    if sim.conns.get(id).is_none_or(is_stale) {
        return;
    }
    // The last firing, which sends nothing, counts too.
    sim.metrics.nstat.TcpExtTCPTimeouts += 1;
    let retries = sim.params.synack_retries;
    let listener = &sim.hosts[sim.conns[id].host(Side::Server)].kernel.listener;
    if u32::from(n) > listener.allowed_syn_acks(retries, &mut sim.metrics.needs.queue_limit) {
        sim.note(id, What::Forgotten);
        forget_request(sim, id);
        return close::forget_if_over(sim, id);
    }
    let is_young = sim.conns[id].syn_ack_timeouts == 0;
    of(sim, id).young -= u32::from(is_young);
    sim.conns[id].syn_ack_timeouts += 1;
    send_syn_ack_again(sim, id);
    start_syn_ack_timer(sim, id, n + 1);
}

/// Waits of 1, 2, 4, ... s.
fn start_syn_ack_timer(sim: &mut Sim, id: ConnId, n: u8) {
    let wait = timers::syn_wait(u32::from(n) - 1, 0);
    let due = timers::start(sim, wait, Event::SynAckTimer(id, n));
    sim.conns[id].syn_ack_due = due;
    sim.note_timer(id, Side::Server, due);
}

fn send_syn_ack_again(sim: &mut Sim, id: ConnId) {
    sim.metrics.nstat.TcpRetransSegs += 1;
    sim.metrics.nstat.TcpExtTCPSynRetrans += 1;
    transmit(sim, id, Side::Client, Packet::SynAck);
}

/// The last descriptor of the listener is closed: queued connections are reset, handshakes forgotten (T-30, T-31).
pub fn stop(sim: &mut Sim, host: HostId) {
    let listener = &mut sim.hosts[host].kernel.listener;
    listener.up = false;
    for id in std::mem::take(&mut listener.accept_queue) {
        sim.metrics.accept_queue.down(sim.now);
        sim.conns[id].queued = false;
        sim.note(id, What::Closes { side: Side::Server, why: Why::NoListener });
        close::abort(sim, id, Side::Server);
        close::forget_if_over(sim, id);
    }
    let is_request = |conn: &Conn| conn.host(Side::Server) == host && conn.server.state == State::SynRecv;
    let requests: Vec<ConnId> = sim.conns.iter().filter(|(_, conn)| is_request(conn)).map(|(id, _)| id).collect();
    for id in requests {
        sim.note(id, What::Closes { side: Side::Server, why: Why::NoListener });
        forget_request(sim, id);
        close::forget_if_over(sim, id);
    }
}
