//! Local ports of a host towards one address: in use, in TIME_WAIT, or free (T-50 to T-55).
//!
//! A port is busy for a new connection as long as the same four-tuple exists in any state, TIME_WAIT included (T-51).
//! The model hands out the port that has been free for longest. Which one the kernel picks makes no difference, but
//! with tcp_tw_reuse, where it may pick a resting one though others are free (T-52).

use std::collections::VecDeque;

use crate::params::Params;
use crate::params::fixed::{REUSE_AGE, TIME_WAIT};
use crate::time::SimTime;

/// First port of the default range 32768..60999.
const FIRST_PORT: u32 = 32_768;

/// The first port of a range of this size: 32768, or lower if it would not fit.
pub fn first_port(size: u32) -> u16 {
    FIRST_PORT.min(65_536 - size) as u16
}

/// The ports of one client host.
#[derive(Clone, Debug)]
pub struct PortTable {
    free: VecDeque<u16>,
    /// Ports in TIME_WAIT with the start of it, oldest first.
    time_wait: VecDeque<(SimTime, u16)>,
    in_use: u32,
}

impl PortTable {
    /// A range of `size` ports, all free.
    pub fn new(size: u32) -> Self {
        let first = u32::from(first_port(size));
        let free = (first..first + size).map(|port| u16::try_from(port).expect("below 65536")).collect();
        PortTable { free, time_wait: VecDeque::new(), in_use: 0 }
    }

    /// A port for a new connection; `None` is EADDRNOTAVAIL.
    pub fn take(&mut self, now: SimTime, params: &Params) -> Option<u16> {
        self.expire(now);
        let port = self.free.pop_front().or_else(|| self.reuse(now, params))?;
        self.in_use += 1;
        Some(port)
    }

    fn reuse(&mut self, now: SimTime, params: &Params) -> Option<u16> {
        let (since, port) = *self.time_wait.front()?;
        (params.reuses_ports() && now.since(since) >= REUSE_AGE).then(|| {
            self.time_wait.pop_front();
            port
        })
    }

    /// The connection on this port is gone without a trace.
    pub fn release(&mut self, port: u16) {
        self.in_use -= 1;
        self.free.push_back(port);
    }

    /// The connection on this port enters TIME_WAIT.
    pub fn rest(&mut self, now: SimTime, port: u16) {
        self.in_use -= 1;
        self.time_wait.push_back((now, port));
    }

    /// Ends the TIME_WAITs whose 60 s are over.
    pub fn expire(&mut self, now: SimTime) {
        while let Some((_, port)) = self.time_wait.pop_front_if(|(since, _)| now.since(*since) >= TIME_WAIT) {
            self.free.push_back(port);
        }
    }

    /// Ports whose TIME_WAIT is not over, with its end, oldest first.
    pub fn resting(&self, now: SimTime) -> impl Iterator<Item = (SimTime, u16)> {
        let ends = self.time_wait.iter().map(|(since, port)| (*since + TIME_WAIT, *port));
        ends.filter(move |(end, _)| *end > now)
    }

    /// Ports in use by a socket.
    pub fn in_use(&self) -> u32 {
        self.in_use
    }

    /// Ports not free: in use or in TIME_WAIT.
    pub fn taken(&self) -> u32 {
        self.in_use + self.time_wait()
    }

    /// When the oldest TIME_WAIT began.
    pub fn oldest_time_wait(&self) -> Option<SimTime> {
        self.time_wait.front().map(|(since, _)| *since)
    }

    /// Ports in TIME_WAIT.
    pub fn time_wait(&self) -> u32 {
        self.time_wait.len() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Tri;
    use crate::time::SimDuration;

    fn at(ms: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_millis(ms)
    }

    /// Takes and closes ten ports at t = 0, then tries to take one more.
    fn eleventh(params: &Params, at_ms: u64) -> Option<u16> {
        let mut ports = PortTable::new(10);
        for _ in 0..10 {
            let port = ports.take(at(0), params).unwrap();
            ports.rest(at(0), port);
        }
        ports.take(at(at_ms), params)
    }

    #[test]
    fn a_port_rests_sixty_seconds_and_one_with_reuse_g8() {
        let default = Params::default();
        assert_eq!(eleventh(&default, 59_999), None);
        assert!(eleventh(&default, 60_000).is_some());
        let reuse = Params { tw_reuse: Tri::On, ..Params::default() };
        assert_eq!(eleventh(&reuse, 999), None);
        assert!(eleventh(&reuse, 1_000).is_some());
        let loopback = Params { loopback: true, ..Params::default() };
        assert!(eleventh(&loopback, 1_000).is_some(), "2 acts on loopback (T-53)");
    }

    #[test]
    fn the_largest_range_fits() {
        let mut ports = PortTable::new(64_512);
        assert_eq!(ports.take(at(0), &Params::default()), Some(1_024));
    }
}
