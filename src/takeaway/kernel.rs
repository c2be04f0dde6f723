//! Kernel settings as lines for sysctl.

use crate::params::{Os, Params, Tri};

/// Lines for the server's and the clients' hosts: what differs from the kernel's defaults, and somaxconn, which decides
/// the accept queue.
pub(super) fn lines(params: &Params) -> String {
    let default = Params::default();
    let mut text = String::from("# On the server:\n");
    if params.os != Os::Linux {
        text += &format!("# The run's server is {}; these are Linux' names.\n", params.os.name());
    }
    let mut line = |condition: bool, name: &str, value: String| {
        if condition {
            text += &format!("{name} = {value}\n");
        }
    };
    let tri = |value: Tri| value.name().to_string();
    line(true, "net.core.somaxconn", params.somaxconn.to_string());
    line(params.syn_max != default.syn_max, "net.ipv4.tcp_max_syn_backlog", params.syn_max.to_string());
    line(params.syncookies != default.syncookies, "net.ipv4.tcp_syncookies", tri(params.syncookies));
    line(params.abort_on_overflow, "net.ipv4.tcp_abort_on_overflow", "1".into());
    let retries = params.synack_retries;
    line(retries != default.synack_retries, "net.ipv4.tcp_synack_retries", retries.to_string());
    line(params.nic_rate.as_milli() > 0, "net.core.netdev_max_backlog", params.nic_queue.to_string());
    let buckets = (params.tw_buckets != default.tw_buckets, "net.ipv4.tcp_max_tw_buckets", params.tw_buckets);
    line(buckets.0, buckets.1, buckets.2.to_string());
    line(params.server_fds > 0, "# ulimit -n, or systemd's LimitNOFILE", params.server_fds.to_string());

    let mut client = String::new();
    let mut line = |condition: bool, name: &str, value: String| {
        if condition {
            client += &format!("{name} = {value}\n");
        }
    };
    line(params.ports != default.ports, "net.ipv4.ip_local_port_range", port_range(params.ports));
    line(params.tw_reuse != default.tw_reuse, "net.ipv4.tcp_tw_reuse", tri(params.tw_reuse));
    line(params.syn_retries != default.syn_retries, "net.ipv4.tcp_syn_retries", params.syn_retries.to_string());
    let linear = params.syn_linear;
    line(linear != default.syn_linear, "net.ipv4.tcp_syn_linear_timeouts", linear.to_string());
    line(buckets.0, buckets.1, buckets.2.to_string());
    line(params.client_fds > 0, "# ulimit -n, or systemd's LimitNOFILE", params.client_fds.to_string());
    if !client.is_empty() {
        text += &format!("# On the clients:\n{client}");
    }
    text
}

/// A range of this many ports: up to the kernel's usual 60999, or from 1024 on if that is too small.
fn port_range(ports: u32) -> String {
    let low = 61_000_u32.saturating_sub(ports).max(1_024);
    format!("{low} {}", low + ports - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_range_has_as_many_ports_as_it_should() {
        for (ports, range) in [(28_232, "32768 60999"), (10, "60990 60999"), (64_512, "1024 65535")] {
            assert_eq!(port_range(ports), range);
        }
    }
}
