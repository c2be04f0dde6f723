//! The round-trip time that a kernel remembers for a destination (tcp_metrics), where that decides what happens.
//!
//! A connection starts with the retransmission timeout of the remembered time, and updates that time when it ends. On
//! loopback client and server are the same destination. A half-accepted connection that is completed after seconds has,
//! at the server, a first sample of just these seconds (the answer to its first SYN-ACK): the clients that connect next
//! begin with a timeout of three times as much. Over a network the server's entry is another one than the client's, and
//! nothing of this is seen; so it is left out there.
//!
//! Source: net/ipv4/tcp_metrics.c:tcp_init_metrics, tcp_update_metrics; tcp_input.c:tcp_rtt_estimator. Seen in
//! `ip tcp_metrics` on Linux 6.18: 2.3 s, after a connection had been completed by the second repetition of its
//! SYN-ACK.

use super::{Conn, ConnId, Rare, Side, timers};
use crate::arena::SideTable;
use crate::params::Params;
use crate::sim::Sim;
use crate::time::SimDuration;

/// The client's end is established: its first timeout.
pub fn start(sim: &mut Sim, id: ConnId) {
    if sim.params.loopback {
        sim.rare.entry(id).first_rto = timers::rto_of(sim.loopback_rtt);
    }
}

/// The server answers a SYN: by what completes the handshake it will have its first sample.
pub fn on_syn_ack_sent(sim: &mut Sim, id: ConnId) {
    if sim.params.loopback {
        sim.rare.entry(id).syn_ack_sent = sim.now;
    }
}

/// The server's end is established: its first sample.
pub fn on_handshake_complete(sim: &mut Sim, id: ConnId) {
    if sim.params.loopback {
        let Rare { srtt, syn_ack_sent, .. } = sim.rare.entry(id);
        srtt[Side::Server as usize] = sim.now.since(*syn_ack_sent);
    }
}

/// Data or a FIN of this end is acknowledged after a round trip: from now on the timeout is that of its own samples.
pub fn sample(params: &Params, rare: &mut SideTable<Conn, Rare>, id: ConnId, side: Side) {
    if !params.loopback {
        return;
    }
    let Rare { srtt, first_rto, .. } = rare.entry(id);
    srtt[side as usize] = approach(srtt[side as usize], params.rtt);
    if side == Side::Client {
        *first_rto = SimDuration::ZERO;
    }
}

/// This end is over: larger times are remembered at once, smaller ones by and by.
pub fn remember(sim: &mut Sim, id: ConnId, side: Side) {
    if sim.params.loopback {
        let srtt = sim.rare.get(id).srtt[side as usize].max(sim.params.rtt);
        sim.loopback_rtt = approach(sim.loopback_rtt, srtt).max(srtt);
    }
}

/// `old`, an eighth of the way to `new` (RFC 6298).
fn approach(old: SimDuration, new: SimDuration) -> SimDuration {
    SimDuration::from_nanos((old.as_nanos() * 7 + new.as_nanos()) / 8)
}
