//! What the model knows of a packet and no wire tells. Every part begins with what divides it from the one before it;
//! what is written to the file begins with a word.

use super::Points;
use crate::sim::trace::{DropCause, Gauges, Level, Packet, Why};

/// Of a packet that does not arrive.
pub const LOST: &str = "; lost on the way";

/// Of a SYN-ACK that was sent before, which its sender does not know: it does not count it as a retransmission.
pub const FORGOTTEN: &str = ", whose first the kernel has not kept";

/// Of the whole file.
pub fn of_section(link: &str, fingerprint: &str, points: Points) -> String {
    let points = match points {
        Points::Departures => "Each packet is seen once, where it is sent",
        Points::BothEnds => {
            "Each packet is seen where it is sent and again where it arrives: analyse one interface at a time \
             (frame.interface_id)"
        }
    };
    format!(
        "ConnLab, a simulated run: {link}\nFingerprint {fingerprint}. The run begins at 1970-01-01 00:00:00 UTC. \
         {points}. Acknowledgements of data are not simulated as packets of their own."
    )
}

/// Of a SYN.
pub fn of_connection(number: u32) -> String {
    format!("; connection #{number}")
}

/// Of data.
pub fn of_request(number: u32) -> String {
    format!("; request #{number}")
}

/// Of a packet that was sent so often before.
pub fn of_copy(copy: u32) -> String {
    if copy == 0 { String::new() } else { format!("; sent again, copy {copy}") }
}

/// Of a SYN-ACK whose sender keeps nothing.
pub fn of_cookie(syn_queue: Level) -> String {
    format!("; SYN cookie: SYN queue {syn_queue} (T-5)")
}

/// Of a FIN or RST with which a program closes its end.
pub fn of_close(why: Why) -> String {
    format!("; closes: {}", why.words())
}

/// Of an RST that no program has caused.
pub fn of_answer(answered: Packet) -> String {
    format!("; answers the {}", answered.name())
}

/// Of a packet that is thrown away.
pub fn of_drop(packet: Packet, rule: DropCause, [accept_queue, syn_queue]: [Level; 2]) -> String {
    let words = rule.words(&Gauges { accept_queue, syn_queue, ..Gauges::default() });
    let is_syn = packet == Packet::Syn;
    let rule = match rule {
        DropCause::InputQueue => "T-60",
        DropCause::NoListener => "T-6",
        DropCause::SynReserve => "T-4",
        DropCause::SynQueue => "T-5",
        DropCause::AcceptQueue | DropCause::AcceptQueueReset => {
            if is_syn {
                "T-5"
            } else {
                "T-9"
            }
        }
        DropCause::Unknown => "T-16",
    };
    format!("; dropped: {words} ({rule})")
}

/// As it stands in the file.
pub fn without_divider(comment: &str) -> &str {
    comment.strip_prefix("; ").unwrap_or(comment)
}
