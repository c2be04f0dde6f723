//! Values of Linux and of clients that no setting changes: the model acts by them, and explanations count with them.

use crate::time::SimDuration;

/// Length of TIME_WAIT: TCP_TIMEWAIT_LEN. tcp_fin_timeout does not change it (T-49, T-50).
pub const TIME_WAIT: SimDuration = SimDuration::from_secs(60);

/// How old a TIME_WAIT must be before tcp_tw_reuse takes its port: tcp_tw_reuse_delay (T-53).
pub const REUSE_AGE: SimDuration = SimDuration::from_secs(1);

/// Tokens in a fresh retry budget, so that the first failures may be retried at all.
pub const RETRY_TOKENS_AT_START: u64 = 10;
