//! How large the limits of a run had to be.
//!
//! A limit that turned nothing away decides nothing: with any larger value, and with any smaller one down to what was
//! needed at once, the run is the same to the last event. Nothing here changes the run.

/// What was asked of one limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Need {
    /// The smallest limit that would have turned nothing away; zero: nothing was asked of it.
    pub least: u64,
    /// It turned something away.
    pub was_reached: bool,
}

impl Need {
    /// Something is let in if the limit is at least `least`; returns whether it is.
    #[inline(always)]
    pub fn admits(&mut self, least: u32, limit: u32) -> bool {
        self.least = self.least.max(least.into());
        let admits = least <= limit;
        self.was_reached |= !admits;
        admits
    }

    /// The same where a limit of zero is none.
    #[inline(always)]
    pub fn admits_or_unlimited(&mut self, least: u32, limit: u32) -> bool {
        self.admits(least, if limit == 0 { u32::MAX } else { limit })
    }
}

/// What was asked of every limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Attempts of a request that failed, against the retries.
    pub retries: Need,
    /// Idle connections to one host, against MaxIdleConnsPerHost.
    pub idle: Need,
    /// Idle connections, against MaxIdleConns.
    pub max_idle: Need,
    /// Connections to one host, against MaxConnsPerHost.
    pub max_conns: Need,
    /// Descriptors of a client, against its ulimit -n.
    pub client_fds: Need,
    /// Packets that wait, against netdev_max_backlog.
    pub nic_queue: Need,
    /// Connections in the accept queue and handshakes in the SYN queue, against what each of them holds: one more than
    /// the smaller one of backlog and somaxconn.
    pub queue_limit: Need,
    /// Handshakes in the SYN queue, against tcp_max_syn_backlog.
    pub syn_max: Need,
    /// Workers that are busy, against all of them.
    pub workers: Need,
    /// Descriptors of the server, against its ulimit -n.
    pub server_fds: Need,
}
