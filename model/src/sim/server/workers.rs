//! Workers: who has one, and who gets the next.

use super::accept::accept_pending;
use super::handler::start_handler;
use super::{Stage, of};
use crate::params::ServerKind;
use crate::sim::Sim;
use crate::sim::host::HostId;
use crate::sim::tcp::ConnId;

/// A set of numbers from which the lowest is taken: one bit for each.
#[derive(Clone, Debug, Default)]
pub struct FreeNumbers {
    words: Vec<u64>,
    /// All words before this one are empty.
    first: usize,
}

impl FreeNumbers {
    fn put(&mut self, number: u16) {
        let (word, bit) = (usize::from(number) / 64, number % 64);
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << bit;
        self.first = self.first.min(word);
    }

    fn take_lowest(&mut self) -> Option<u16> {
        while *self.words.get(self.first)? == 0 {
            self.first += 1;
        }
        let word = &mut self.words[self.first];
        let bit = word.trailing_zeros();
        *word &= *word - 1;
        Some((self.first * 64) as u16 + bit as u16)
    }
}

/// Free workers take the requests that have waited longest inside the program, then new connections.
pub fn hand_out_workers(sim: &mut Sim, host: HostId) {
    while sim.params.server == ServerKind::Go && sim.hosts[host].server.busy < sim.params.workers {
        let Some(id) = sim.hosts[host].server.waiting.pop_front() else { break };
        sim.metrics.waiting.down(sim.now);
        if sim.conns.get(id).is_some_and(|conn| conn.work.stage == Stage::Waiting) {
            take_worker(sim, id);
            start_handler(sim, id);
        }
    }
    accept_pending(sim, host);
}

/// The free worker with the lowest number takes this connection, or its request. All workers are alike: the number
/// only tells who looks which one it is.
pub fn take_worker(sim: &mut Sim, id: ConnId) {
    let server = of(sim, id);
    // Where none has come back, those with the numbers below are all busy.
    let number = server.free_workers.take_lowest().unwrap_or(server.busy as u16);
    server.busy += 1;
    sim.conns[id].work.worker = number;
    sim.metrics.busy_workers.up(sim.now);
}

pub fn free_worker(sim: &mut Sim, id: ConnId) {
    let number = sim.conns[id].work.worker;
    let server = of(sim, id);
    server.free_workers.put(number);
    server.busy -= 1;
    sim.metrics.busy_workers.down(sim.now);
}
