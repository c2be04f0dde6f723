//! Sysctls: `net.core.somaxconn = 128`, as `sysctl -a` prints it, a file sets it, or `/proc/sys` is read.

use super::line::Line;
use super::{Fact, Section, Severity};
use crate::params::{Kind, ParamId};
use crate::words::count;

/// Which parameter a sysctl is.
const SYSCTLS: [(&str, ParamId); 11] = [
    ("net.core.somaxconn", ParamId::somaxconn),
    ("net.core.netdev_max_backlog", ParamId::nic_queue),
    ("net.ipv4.ip_local_port_range", ParamId::ports),
    ("net.ipv4.tcp_abort_on_overflow", ParamId::abort_on_overflow),
    ("net.ipv4.tcp_max_syn_backlog", ParamId::syn_max),
    ("net.ipv4.tcp_max_tw_buckets", ParamId::tw_buckets),
    ("net.ipv4.tcp_syn_linear_timeouts", ParamId::syn_linear),
    ("net.ipv4.tcp_syn_retries", ParamId::syn_retries),
    ("net.ipv4.tcp_synack_retries", ParamId::synack_retries),
    ("net.ipv4.tcp_syncookies", ParamId::syncookies),
    ("net.ipv4.tcp_tw_reuse", ParamId::tw_reuse),
];

/// The section of sysctls. Each line stands for itself, unless a command asked for the value alone.
#[derive(Default)]
pub(super) struct Sysctls {
    /// Of `sysctl -n NAME` and `cat /proc/sys/...`: what the next line is the value of.
    asked: Option<String>,
}

impl Section for Sysctls {
    fn line(&mut self, line: &Line, facts: &mut Vec<Fact>) -> bool {
        let asked = self.asked.take();
        if line.is_command {
            self.asked = asked_by(&line.text);
        }
        let is_value = !line.text.is_empty() && line.text.chars().all(|c| c.is_ascii_digit() || c == ' ');
        let alone = asked.filter(|_| is_value).map(|name| (name, line.text.clone()));
        let Some((name, value)) = assignment(&line.text).or(alone) else { return self.asked.is_some() };
        if let Some((_, param)) = SYSCTLS.iter().find(|(sysctl, _)| *sysctl == name) {
            facts.extend(setting(&name, *param, &value));
        } else if name == "net.ipv4.tcp_fin_timeout" {
            facts.extend(fin_timeout(&value));
        }
        // Of others nothing follows.
        true
    }

    fn finish(&mut self, _: &mut Vec<Fact>) {}
}

/// The name in `sysctl -n net.core.somaxconn` or `cat /proc/sys/net/core/somaxconn`.
fn asked_by(command: &str) -> Option<String> {
    let last = command.split_whitespace().last()?;
    let is_asked = command.starts_with("sysctl -n ") || last.starts_with("/proc/sys/net/");
    is_asked.then(|| last.trim_start_matches("/proc/sys/").replace('/', "."))
}

/// Name and value; `/proc/sys/net/core/somaxconn:128` of grep is the same as `net.core.somaxconn = 128`.
fn assignment(text: &str) -> Option<(String, String)> {
    let text = text.trim_start_matches("sysctl -w ").trim_start_matches("sudo sysctl -w ");
    let (name, value) = match text.strip_prefix("/proc/sys/") {
        Some(path) => path.split_once(':').or_else(|| path.split_once(' '))?,
        None => text.split_once('=').or_else(|| text.split_once(": "))?,
    };
    let name = name.trim().trim_end_matches(':').replace('/', ".");
    let is_name = name.starts_with("net.") && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    is_name.then(|| (name, value.trim().trim_matches('"').to_string()))
}

fn setting(name: &str, param: ParamId, value: &str) -> Option<Fact> {
    let numbers: Vec<u64> = value.split_whitespace().map(|word| word.parse().ok()).collect::<Option<_>>()?;
    let (number, says) = match (param, &numbers[..]) {
        (ParamId::ports, [low, high]) if high >= low && *high < 65_536 => {
            let ports = high - low + 1;
            (ports, format!("{name} {low} to {high}: {} ports towards one address.", count(ports)))
        }
        (ParamId::ports, _) => return None,
        (_, [number]) => (*number, format!("{name} is {number}.")),
        _ => return None,
    };
    let spec = param.spec();
    let text = if let Kind::Switch = spec.kind { on_off(number).into() } else { number.to_string() };
    let is_default = spec.parse(&text).is_ok_and(|value| value == spec.default_value());
    let severity = if is_default { Severity::Note } else { Severity::Caution };
    let says = if is_default { says } else { says + &format!(" The default here is {}.", spec.default_value()) };
    Some(Fact::new("sysctl", spec.label, severity, says).numbers(&[("value", number as f64)]).setting(param, text))
}

fn on_off(number: u64) -> &'static str {
    if number == 0 { "off" } else { "on" }
}

/// The setting that is most often taken for the length of TIME_WAIT.
fn fin_timeout(value: &str) -> Option<Fact> {
    let seconds: u64 = value.parse().ok()?;
    let says = format!("net.ipv4.tcp_fin_timeout is {seconds}: that is FIN_WAIT2. TIME_WAIT lasts 60 s all the same.");
    Some(Fact::new("sysctl", "tcp_fin_timeout", Severity::Note, says).numbers(&[("value", seconds as f64)]))
}
