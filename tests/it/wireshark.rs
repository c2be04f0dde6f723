//! Captures before Wireshark: its own analysis calls by their names what the report counts.
//!
//! `cargo xtask test` says where tshark is (CONNLAB_TSHARK). Without that, and without a `tshark` on the PATH, captures
//! are read by other libraries only (`pcap.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use connlab::link;
use connlab::sim::Sim;
use connlab::sim::trace::{Message, Packet, Side, Sight, Sighting};

use super::command_line::{connlab, stderr};

/// tshark: where `cargo xtask test` says, or on the PATH.
fn tshark() -> Option<PathBuf> {
    if let Some(path) = env::var_os("CONNLAB_TSHARK") {
        return Some(path.into());
    }
    let starts = Command::new("tshark").arg("--version").output().is_ok_and(|output| output.status.success());
    if !starts {
        eprintln!("skipped: no tshark, so that Wireshark's analysis of captures is not tested");
    }
    starts.then(|| "tshark".into())
}

/// A capture that exists as long as the test.
struct File(PathBuf);

impl File {
    fn of(name: &str, args: &[&str]) -> File {
        let path = env::temp_dir().join(format!("connlab-{}-{name}.pcapng", std::process::id()));
        let file = File(path);
        let path = file.0.to_str().expect("a printable path");
        let output = connlab(&[&["pcap", "-o", path], args].concat());
        assert!(output.status.success(), "{args:?}: {}", stderr(&output));
        file
    }

    /// What tshark prints for each packet: these fields, of which a packet may have none. Checksums are validated, and
    /// it reads twice: what has come of a connection is known in the end.
    fn fields(&self, tshark: &PathBuf, names: &[&str]) -> Vec<Vec<String>> {
        let mut command = Command::new(tshark);
        command.args(["-2", "-n", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]);
        command.args(["-T", "fields", "-E", "separator=/t", "-E", "occurrence=f", "-r"]).arg(&self.0);
        names.iter().for_each(|name| {
            command.args(["-e", name]);
        });
        let output = command.output().expect("tshark starts");
        assert!(output.status.success(), "{}", stderr(&output));
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        text.lines().map(|line| line.split('\t').map(str::to_string).collect()).collect()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // One that was never written is not there.
        let _ = fs::remove_file(&self.0);
    }
}

/// What Wireshark calls packets, in the order of the columns below.
const NAMES: [&str; 13] = [
    "tcp.analysis.retransmission",
    "tcp.analysis.out_of_order",
    "tcp.flags.reset",
    "tcp.analysis.reused_ports",
    "tcp.analysis.lost_segment",
    "tcp.analysis.ack_lost_segment",
    "_ws.malformed",
    "tcp.checksum.status",
    "ip.checksum.status",
    "tcp.stream",
    "tcp.completeness",
    "http.request.method",
    "http.response.code",
];

/// How often Wireshark says what.
#[derive(Debug, Default, PartialEq)]
struct Counts {
    /// Retransmissions, those included that come less than a round trip behind newer data: to Wireshark they are out of
    /// order.
    again: u64,
    resets: u64,
    reused_ports: u64,
    /// Connections of which there is a SYN, and nothing else but copies of it.
    unanswered: u64,
    requests: u64,
    responses: u64,
}

fn counts(packets: &[Vec<String>]) -> Counts {
    let mut counts = Counts::default();
    // What has come of each connection, as of its last packet.
    let mut completeness = BTreeMap::new();
    for packet in packets {
        let has = |name: &str| &packet[NAMES.iter().position(|known| *known == name).expect("a name of the table")];
        let is = |name: &str| u64::from(!["", "0", "False"].contains(&has(name).as_str()));
        for fault in ["tcp.analysis.lost_segment", "tcp.analysis.ack_lost_segment", "_ws.malformed"] {
            assert_eq!(is(fault), 0, "{fault}: {packet:?}");
        }
        // 1 is "good", 2 would be "not checked".
        assert_eq!([has("tcp.checksum.status"), has("ip.checksum.status")], ["1", "1"], "{packet:?}");
        counts.again += is("tcp.analysis.retransmission") + is("tcp.analysis.out_of_order");
        counts.resets += is("tcp.flags.reset");
        counts.reused_ports += is("tcp.analysis.reused_ports");
        counts.requests += is("http.request.method");
        counts.responses += is("http.response.code");
        completeness.insert(has("tcp.stream"), has("tcp.completeness"));
    }
    // 1 is a SYN alone.
    let unanswered = completeness.values().filter(|parts| **parts == "1").count() as u64;
    Counts { unanswered, ..counts }
}

/// The same from the run: its counters and what was seen on its wire.
fn expected(link: &str) -> Counts {
    let mut sim = Sim::new(&link::scenario(link));
    sim.watch_wire();
    sim.run();
    let nstat = sim.report().nstat;
    let mut counts = Counts { again: nstat.TcpRetransSegs, resets: nstat.TcpOutRsts, ..Counts::default() };
    // For each connection, whether its SYN was answered; the last one on each port; and segments seen already.
    let mut answered: BTreeMap<u32, bool> = BTreeMap::new();
    let mut ports = BTreeSet::new();
    let mut last = BTreeMap::new();
    for Sighting { wire, sight, .. } in sim.take_sightings() {
        let Sight::Sent { packet, from, .. } = sight else { continue };
        if packet == Packet::Syn && !answered.contains_key(&wire.number) {
            answered.insert(wire.number, false);
            counts.reused_ports += u64::from(!ports.insert(wire.addresses));
        }
        if from == Side::Server {
            answered.insert(wire.number, true);
        }
        if let Packet::Segment(segment) = packet {
            // Numbers of segments wrap, and only rise but for what is sent again.
            let next = last.entry((wire.number, from as u8)).or_insert(0_u8);
            if segment.seq == *next {
                *next = next.wrapping_add(1);
                // Wireshark shows a request where it is complete.
                counts.requests += u64::from(matches!(segment.message, Message::Request | Message::Body));
                counts.responses += u64::from(matches!(segment.message, Message::Response | Message::LastResponse));
            }
        }
    }
    counts.unanswered = answered.values().filter(|answered| !**answered).count() as u64;
    counts
}

/// Presets and what they show: overload, ports, a restart, half-accepted connections, resets, idle time-outs, loss.
const LINKS: [(&str, &str); 8] = [
    ("incident", "p=incident&duration=30s"),
    ("ports", "keepalive=off&server-closes=off&ports=300&rps=20&tw-reuse=1&duration=30s"),
    ("restart", "p=restart&duration=40s"),
    ("phantoms", "p=phantoms&duration=16s"),
    ("abort", "p=abort&duration=20s"),
    ("stale-keepalive", "p=stale-keepalive&duration=60s"),
    ("loss", "p=incident&loss=3&duration=12s"),
    ("streamed", "method=POST&rewindable=off&upload=15ms&rps=50&loss=2&duration=20s"),
];

#[test]
fn wireshark_calls_by_name_what_the_report_counts() {
    let Some(tshark) = tshark() else { return };
    let mut all = Counts::default();
    for (name, link) in LINKS {
        let found = counts(&File::of(name, &[link]).fields(&tshark, &NAMES));
        let expected = expected(link);
        assert_eq!(found, expected, "{link}");
        all.again += found.again;
        all.resets += found.resets;
        all.reused_ports += found.reused_ports;
        all.unanswered += found.unanswered;
    }
    let Counts { again, resets, reused_ports, unanswered, .. } = all;
    assert!(again > 1_000 && resets > 1_000 && reused_ports > 100 && unanswered > 100, "{all:?}");
}

/// With both ends in one file, each interface by itself is a capture of that host: nothing is there twice.
#[test]
fn one_interface_of_two_is_a_capture_of_that_host() {
    let Some(tshark) = tshark() else { return };
    let link = "p=restart&duration=25s";
    let both = File::of("both-ends", &["--both-ends", link]);
    let server = File(env::temp_dir().join(format!("connlab-{}-server.pcapng", std::process::id())));
    let mut command = Command::new(&tshark);
    command.arg("-r").arg(&both.0).args(["-Y", "frame.interface_name == \"server\"", "-w"]).arg(&server.0);
    assert!(command.output().expect("tshark starts").status.success());
    let found = counts(&server.fields(&tshark, &NAMES));
    assert_eq!((found.again, found.resets), (expected(link).again, expected(link).resets));
    assert!(found.resets > 100);
}

/// A person who opens a packet reads what the model knows of it.
#[test]
fn comments_stand_at_their_packets() {
    let Some(tshark) = tshark() else { return };
    let file = File::of("comments", &["p=incident&duration=24s", "--from", "22s"]);
    let fields = ["tcp.flags.str", "frame.comment", "frame.interface_name", "frame.time_epoch"];
    let packets = file.fields(&tshark, &fields);
    let dropped = |packet: &&Vec<String>| packet[1].contains("dropped: accept queue 129 of 129 (T-5)");
    let first = packets.iter().find(dropped).expect("a SYN that is dropped");
    assert!(first[0].ends_with("S·") && first[2] == "client-1", "{first:?}");
    let at: f64 = first[3].parse().expect("a time");
    assert!((22.0..24.0).contains(&at), "{first:?}");
}
