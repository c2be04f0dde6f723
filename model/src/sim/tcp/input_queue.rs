//! The queue in which packets wait until a kernel takes them up: netdev_max_backlog (T-60 to T-62, M-24).

use crate::params::Params;
use crate::sim::needs::Need;
use crate::sim::path::Delivery;
use crate::time::{SimDuration, SimTime};

/// One FIFO, drained at a constant rate.
#[derive(Clone, Debug, Default)]
pub struct InputQueue {
    /// When the last packet in it will have been taken out.
    busy_until: SimTime,
}

impl InputQueue {
    /// A packet comes: it waits its turn, or is lost when more than the limit wait (T-60).
    pub fn enter(&mut self, params: &Params, need: &mut Need, now: SimTime) -> Delivery {
        let rate = params.nic_rate.as_milli();
        if rate == 0 {
            return Delivery::At(now);
        }
        let per_packet = SimDuration::from_nanos(1_000_000_000_000 / rate);
        let waiting = self.busy_until.since(now).as_nanos().div_ceil(per_packet.as_nanos().max(1));
        if !need.admits(waiting.min(u32::MAX.into()) as u32, params.nic_queue) {
            return Delivery::Lost;
        }
        self.busy_until = self.busy_until.max(now) + per_packet;
        Delivery::At(self.busy_until)
    }
}
