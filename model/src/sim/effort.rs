//! What a call that fails costs the process that makes it (M-30).
//!
//! Over a network that is nothing beside the round trip. A call that fails at once, because there is no port, no
//! descriptor or the breaker is open, takes the processor and nothing else: callers who go on without a pause would
//! make any number of such calls in no time.
//!
//! Measured: `http.NewRequest`, `Client.Do` and `log.Print` of the error, again and again; processor time of the
//! process over the number of calls, median of 41 batches (and quartiles). Go 1.27.3 with GOMAXPROCS=1, Linux 6.18, AMD
//! EPYC, in a network namespace whose ip_local_port_range had so many ports, all of them taken. Go 1.22.10 differs by
//! less than the quartiles.

use super::error::ErrorKind;
use crate::params::Params;
use crate::time::{SimDuration, SimTime};

/// ECONNREFUSED over loopback, SYN and RST included: 50 us (45 to 58).
const REFUSED: SimDuration = SimDuration::from_micros(50);
/// EMFILE from socket(): 47 us (42 to 53).
const NO_DESCRIPTOR: SimDuration = SimDuration::from_micros(47);
/// A breaker that is open: a lock, a look at the clock, and mostly the line in the log. 1.9 us (1.7 to 2.1).
const BREAKER_OPEN: SimDuration = SimDuration::from_nanos(1_900);
/// EADDRNOTAVAIL. The kernel looks at every port of the range (`__inet_hash_connect`), in each of Go's three tries
/// (D-2): 46 us (41 to 52) with 10 ports, 64 (60 to 73) with 100, 192 (189 to 202) with 1,000, 998 (951 to 1,142) with
/// 5,000. The line through the ends.
const NO_PORT: SimDuration = SimDuration::from_micros(45);
const NO_PORT_EACH: SimDuration = SimDuration::from_nanos(190);

/// Processor time of one call that fails in this way.
pub fn of_failure(kind: ErrorKind, params: &Params) -> SimDuration {
    match kind {
        ErrorKind::BreakerOpen => BREAKER_OPEN,
        ErrorKind::ClientFds => NO_DESCRIPTOR,
        ErrorKind::Ports => NO_PORT + NO_PORT_EACH * u64::from(params.ports),
        // Whatever else goes wrong without a distance has at least this much to do.
        _ => REFUSED,
    }
}

/// The processor of one client process, as far as failures keep it busy.
#[derive(Clone, Debug, Default)]
pub struct Effort {
    /// When it has done with the calls that failed so far.
    busy_until: SimTime,
}

impl Effort {
    /// When a call that began then and has failed now returns to its caller: one takes the processor after the other.
    /// One that was on the network for longer than its work takes returns at once.
    pub fn returns_at(&mut self, begun: SimTime, now: SimTime, time: SimDuration) -> SimTime {
        let done = begun.max(self.busy_until) + time;
        if begun + time <= now {
            return now;
        }
        self.busy_until = done;
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn us(n: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_micros(n)
    }

    #[test]
    fn calls_that_fail_at_once_take_the_processor_one_after_the_other() {
        let mut effort = Effort::default();
        let time = SimDuration::from_micros(50);
        assert_eq!(effort.returns_at(us(100), us(100), time), us(150));
        assert_eq!(effort.returns_at(us(100), us(100), time), us(200));
        assert_eq!(effort.returns_at(us(180), us(190), time), us(250), "behind the two");
        assert_eq!(effort.returns_at(us(10), us(200), time), us(200), "the network took longer");
        assert_eq!(effort.returns_at(us(400), us(400), time), us(450), "nobody before it");
    }
}
