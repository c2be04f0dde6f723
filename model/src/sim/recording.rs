//! Recorded load: when requests arrived and how long handlers worked.

use std::sync::Arc;

use crate::time::{SimDuration, SimTime};

/// Arrivals and service times from elsewhere; cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recording {
    /// When requests arrive, ascending. Empty: the load of the scenario stays.
    pub arrivals: Arc<[SimTime]>,
    /// What the first handlers work, in the order in which they start; later ones draw from `service`.
    pub services: Arc<[SimDuration]>,
}
