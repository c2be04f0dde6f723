//! When the kernel's retransmission timers fire.
//!
//! Over a network a timer fires on time (M-22). On loopback the granularity of the kernel's timer wheel decides what is
//! seen, so it is modelled there: client and server share one clock, the SYNs of many connections are repeated at the
//! very same tick, and each of them passes the check of the accept queue before the first of their last ACKs arrives.
//! That is how connections become half-accepted on loopback, where those of single connect() calls never do.
//!
//! Source: kernel/time/timer.c:calc_wheel_index; net/ipv4/tcp_timer.c. Checked against recorded SYN schedules.

use super::{ConnId, Side};
use crate::params::Params;
use crate::sim::Sim;
use crate::sim::event::{Event, Packed};
use crate::sim::scheduler::Rank;
use crate::time::{SimDuration, SimTime};

/// Initial retransmission timeout: RFC 6298, TCP_TIMEOUT_INIT.
pub const RTO_INITIAL: SimDuration = SimDuration::from_secs(1);
/// Smallest retransmission timeout of an established connection: TCP_RTO_MIN.
const RTO_MIN: SimDuration = SimDuration::from_millis(200);
/// Largest: TCP_RTO_MAX.
const RTO_MAX: SimDuration = SimDuration::from_secs(120);

/// A tick of the kernel's clock with HZ = 250, as most distributions build it.
const JIFFY: SimDuration = SimDuration::from_millis(4);
/// Ticks that the first level of the wheel covers, LVL_SIZE - 1; each further level covers eight times as many, in
/// steps eight times as long.
const LEVEL_TICKS: u64 = 63;
const LEVEL_FACTOR: u64 = 8;
/// Levels of the wheel: LVL_DEPTH.
const LEVELS: u8 = 8;

/// Starts a timer of the kernel; returns when it fires.
///
/// On loopback it fires at a step of the wheel, together with others. Those of higher levels run first, and of one
/// level the newest first: a bucket is a list to whose head timers are added (timer.c:enqueue_timer, __run_timers).
// Inlined, because the event's kind is known where it is started.
#[inline(always)]
pub fn start(sim: &mut Sim, delay: SimDuration, event: Event) -> SimTime {
    if sim.params.loopback {
        return start_on_wheel(sim, delay, event.pack());
    }
    let at = sim.now + delay;
    sim.at(at, Rank::Timer, event);
    at
}

#[inline(never)]
fn start_on_wheel(sim: &mut Sim, delay: SimDuration, event: Packed) -> SimTime {
    let (at, level) = wheel(sim.now, delay);
    sim.scheduler.push_newest_first(at, Rank::Timer, LEVELS - 1 - level, event);
    at
}

/// How long an end waits for an acknowledgement before it sends a segment (again), after so many copies (T-14). The
/// first copy is a tail loss probe, which does not wait for an RTO that is only remembered (`first_rto`); others do.
pub fn retransmission_wait(params: &Params, first_rto: SimDuration, copies: u8) -> SimDuration {
    let rto = rto(params);
    match copies {
        0 => rto,
        copies => first_rto.max(rto).doubled(u32::from(copies) - 1, RTO_MAX),
    }
}

/// Starts the timer of a client's SYN: it fires for the n-th repetition (T-20).
pub fn start_syn_timer(sim: &mut Sim, id: ConnId, n: u8) {
    let wait = syn_wait(u32::from(n) - 1, sim.params.syn_linear);
    let at = start(sim, wait, Event::SynTimer(id, n));
    sim.note_timer(id, Side::Client, at);
}

/// The first instant of the wheel's level after the delay, and the level: never early, late by up to one step of it.
fn wheel(now: SimTime, delay: SimDuration) -> (SimTime, u8) {
    let jiffy = JIFFY.as_nanos();
    let ticks = delay.as_nanos().div_ceil(jiffy);
    let expires = now.as_nanos() / jiffy + ticks;
    let (mut level, mut step, mut reach) = (0, 1, LEVEL_TICKS);
    while ticks >= reach {
        level += 1;
        step *= LEVEL_FACTOR;
        reach *= LEVEL_FACTOR;
    }
    (SimTime::from_nanos((expires / step + 1) * step * jiffy), level)
}

/// The retransmission timeout of an established connection: RTT + max(200 ms, 2·RTT), the value after one sample
/// (T-14). On loopback it is kept in whole ticks, so that doubling does not lose what rounding added.
pub fn rto(params: &Params) -> SimDuration {
    let rto = rto_of(params.rtt);
    if params.loopback { JIFFY * rto.as_nanos().div_ceil(JIFFY.as_nanos()) } else { rto }
}

/// The same for the first round-trip time that is known, or a remembered one (tcp_input.c:tcp_rtt_estimator,
/// tcp_metrics.c:tcp_init_metrics).
pub fn rto_of(rtt: SimDuration) -> SimDuration {
    rtt + RTO_MIN.max(rtt * 2)
}

/// The wait after the n-th copy of a SYN (0: the SYN itself): linear ones of 1 s first, then 1, 2, 4, ... s.
pub fn syn_wait(n: u32, linear: u32) -> SimDuration {
    RTO_INITIAL.doubled(n.saturating_sub(linear), RTO_MAX)
}

/// When the n-th copy is due, counted from the SYN.
pub fn syn_time(n: u32, linear: u32) -> SimDuration {
    (0..n).fold(SimDuration::ZERO, |sum, copy| sum + syn_wait(copy, linear))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded on Linux 6.18, loopback: the instants (ms) at which a SYN was repeated, with tcp_syn_linear_timeouts 4
    /// and 0. The wheel's own error is one step of a level; the recording's is a few milliseconds.
    #[test]
    fn repeated_syns_come_when_the_recorded_ones_did() {
        for (linear, recorded) in [
            (4, &[1_020, 2_040, 3_060, 4_090, 5_110, 7_130, 11_200, 19_400, 35_600, 68_900][..]),
            (0, &[1_000, 3_000, 7_100, 15_300, 31_400, 64_700][..]),
        ] {
            for phase in (0..2_048).step_by(13) {
                let start = SimTime::ZERO + SimDuration::from_millis(phase);
                let mut now = start;
                for (n, recorded) in (0..).zip(recorded) {
                    now = wheel(now, syn_wait(n, linear)).0;
                    let at = now.since(start).as_millis_f64();
                    let (early, late) = (syn_time(n + 1, linear).as_millis_f64(), f64::from(*recorded) * 1.04 + 30.0);
                    assert!((early..=late).contains(&at), "copy {n} at {at} ms, recorded {recorded}");
                }
            }
        }
    }

    #[test]
    fn timers_of_one_level_fire_together() {
        let at = |ms| wheel(SimTime::ZERO + SimDuration::from_millis(ms), RTO_INITIAL).0;
        assert_eq!(at(1), at(20), "both within the same 32 ms step");
        assert_ne!(at(1), at(40));
        assert!(at(1).since(SimTime::ZERO) <= SimDuration::from_millis(1_001 + 32));
    }
}
