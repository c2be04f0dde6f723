//! Captures: sound TCP, read back with other libraries than those that write them, and the very run that the report
//! tells of.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use connlab::link;
use connlab::pcap::{Capture, Points, Selection};
use connlab::sim::error::ErrorKind;
use connlab::sim::recording::Recording;
use connlab::sim::{Progress, Sim};
use connlab::time::{SimDuration, SimTime};
use pcap_parser::{Block, PcapNGOption, parse_pcapng};
use proptest::prelude::*;
use smoltcp::wire::{EthernetFrame, IpAddress, Ipv4Packet, TcpPacket, TcpSeqNumber};

use super::command_line::{connlab, refusal, stderr};
use super::{lab, links};

/// A packet, as other libraries read it.
#[derive(Clone, Debug)]
struct Packet {
    interface: String,
    at: SimTime,
    comment: String,
    /// Address and port of its sender and of its receiver.
    ends: [(String, u16); 2],
    syn: bool,
    fin: bool,
    rst: bool,
    ack: Option<u32>,
    seq: u32,
    text: String,
}

impl Packet {
    /// How far it takes the sequence numbers.
    fn length(&self) -> u32 {
        self.text.len() as u32 + u32::from(self.syn) + u32::from(self.fin)
    }
}

/// The file of a stretch of a link's run.
fn file(link: &str, selection: &Selection) -> Vec<u8> {
    let scenario = link::scenario(link);
    let mut capture = Capture::new(&scenario, Recording::default(), selection.clone(), link, "0123");
    let mut bytes = Vec::new();
    while capture.advance(10_000) == Progress::Budget {
        bytes.extend(capture.take_bytes());
    }
    bytes.extend(capture.take_bytes());
    bytes
}

fn everything() -> Selection {
    Selection { connections: None, from: SimTime::ZERO, to: SimTime::MAX, points: Points::Departures }
}

/// All packets of a run.
fn packets(link: &str) -> Vec<Packet> {
    read(&file(link, &everything()))
}

fn at(ms: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_millis(ms)
}

fn comment(options: &[PcapNGOption]) -> String {
    let comment = options.iter().find(|option| option.code.0 == 1);
    comment.map_or(String::new(), |option| option.as_str().expect("UTF-8").into())
}

/// Reads a file with pcap-parser, and its packets with smoltcp; their checksums must be right.
fn read(bytes: &[u8]) -> Vec<Packet> {
    let (rest, file) = parse_pcapng(bytes).expect("a pcapng file");
    assert!(rest.is_empty(), "{} bytes behind the last block", rest.len());
    let mut interfaces = Vec::new();
    let mut packets = Vec::new();
    assert_eq!(file.sections.len(), 1);
    for block in &file.sections[0].blocks {
        match block {
            Block::SectionHeader(section) => assert!(comment(&section.options).contains("Fingerprint 0123")),
            Block::InterfaceDescription(interface) => {
                assert_eq!(interface.ts_resolution(), Some(1_000_000_000));
                interfaces.push(interface.if_name().expect("a name").expect("UTF-8").to_string());
            }
            Block::EnhancedPacket(packet) => {
                let at = SimTime::from_nanos(u64::from(packet.ts_high) << 32 | u64::from(packet.ts_low));
                let data = &packet.data[..packet.caplen as usize];
                assert_eq!(packet.caplen, packet.origlen);
                let interface = interfaces[packet.if_id as usize].clone();
                packets.push(dissected(data, interface, at, comment(&packet.options)));
            }
            other => panic!("a block that nobody wrote: {other:?}"),
        }
    }
    packets
}

fn dissected(data: &[u8], interface: String, at: SimTime, comment: String) -> Packet {
    let ip = Ipv4Packet::new_checked(EthernetFrame::new_checked(data).expect("Ethernet").payload()).expect("IPv4");
    assert!(ip.verify_checksum(), "IP checksum");
    let [from, to] = [ip.src_addr(), ip.dst_addr()];
    let tcp = TcpPacket::new_checked(ip.payload()).expect("TCP");
    assert!(tcp.verify_checksum(&IpAddress::Ipv4(from), &IpAddress::Ipv4(to)), "TCP checksum");
    let number = |TcpSeqNumber(number)| number as u32;
    Packet {
        interface,
        at,
        comment,
        ends: [(from.to_string(), tcp.src_port()), (to.to_string(), tcp.dst_port())],
        syn: tcp.syn(),
        fin: tcp.fin(),
        rst: tcp.rst(),
        ack: tcp.ack().then(|| number(tcp.ack_number())),
        seq: number(tcp.seq_number()),
        text: String::from_utf8(tcp.payload().to_vec()).expect("HTTP is text here"),
    }
}

/// What an analyser sees in packets of which none is missing: how many were sent again, how many are RSTs, and how many
/// SYNs begin a connection on ports that were used before.
#[derive(Debug, Default, PartialEq)]
struct Analysis {
    retransmissions: u64,
    resets: u64,
    reused_ports: u64,
}

/// The next number of one direction of a connection, and those of the connections before it on the same ports, whose
/// last packets may still be on their way.
#[derive(Default)]
struct Numbers(Vec<u32>);

impl Numbers {
    /// Of the connection to which this number belongs: the newest one that has come so far, but for a little.
    fn of(&mut self, number: u32) -> Option<&mut u32> {
        self.0.iter_mut().rev().find(|next| next.wrapping_sub(number) < 4_096)
    }
}

/// Checks the numbers of every connection on the way.
fn analysed(packets: &[Packet]) -> Analysis {
    let mut analysis = Analysis::default();
    let mut numbers: BTreeMap<[(String, u16); 2], Numbers> = BTreeMap::new();
    let mut beginnings: BTreeMap<[(String, u16); 2], BTreeSet<u32>> = BTreeMap::new();
    for packet in packets {
        let [from, to] = packet.ends.clone();
        if packet.syn {
            let before = beginnings.entry(packet.ends.clone()).or_default();
            let is_reused = !before.is_empty();
            if before.insert(packet.seq) {
                numbers.entry(packet.ends.clone()).or_default().0.push(packet.seq);
                analysis.reused_ports += u64::from(is_reused && packet.ack.is_none());
            }
        }
        analysis.resets += u64::from(packet.rst);
        if packet.length() > 0 {
            let next = numbers.get_mut(&packet.ends).and_then(|numbers| numbers.of(packet.seq));
            let next = next.unwrap_or_else(|| panic!("a gap: {packet:?}"));
            let behind = packet.seq.wrapping_add(packet.length());
            match *next == packet.seq {
                true => *next = behind,
                false => analysis.retransmissions += 1,
            }
            assert!(next.wrapping_sub(behind) < 4_096, "part of it was sent before: {packet:?}");
        }
        if let Some(ack) = packet.ack.filter(|_| !packet.rst) {
            let sent = numbers.get_mut(&[to, from]).and_then(|numbers| numbers.of(ack));
            assert!(sent.is_some(), "acknowledges what was not sent: {packet:?}");
        }
    }
    analysis
}

/// What the report says of the same packets. A kernel that has answered a SYN by a cookie does not know it: an answer
/// that is sent again counts for who watches, and not for the kernel.
fn expected(link: &str, packets: &[Packet]) -> Analysis {
    let mut sim = Sim::new(&link::scenario(link));
    sim.run();
    let nstat = sim.report().nstat;
    let is_repeated = |packet: &&Packet| packet.comment.contains("whose first the kernel has not kept");
    let cookies = packets.iter().filter(is_repeated).count() as u64;
    Analysis { retransmissions: nstat.TcpRetransSegs + cookies, resets: nstat.TcpOutRsts, reused_ports: 0 }
}

proptest! {
    #![proptest_config(links::cases(120))]

    #[test]
    fn packets_of_random_links_are_sound_tcp_and_as_many_as_the_report_counts(
        case in links::scenarios(links::CHEAP)
    ) {
        let link = link::encode(&case.0.clone().into());
        let packets = packets(&link);
        prop_assert!(packets.is_sorted_by_key(|packet| packet.at));
        let found = analysed(&packets);
        prop_assert_eq!(Analysis { reused_ports: 0, ..found }, expected(&link, &packets));
    }
}

#[test]
fn watching_the_wire_changes_nothing() {
    for link in ["p=incident&duration=15s", "p=restart&duration=25s", "p=cookies&duration=10s&loss=3"] {
        let mut sim = Sim::new(&link::scenario(link));
        sim.watch_wire();
        sim.run();
        assert!(!sim.take_sightings().is_empty());
        assert_eq!(sim.report().fingerprint, lab::run(link).fingerprint, "{link}");
    }
}

#[test]
fn a_file_does_not_depend_on_how_its_run_is_sliced() {
    let link = "p=phantoms&duration=14s&loss=1";
    let mut capture = Capture::new(&link::scenario(link), Recording::default(), everything(), link, "0123");
    let mut sliced = Vec::new();
    while capture.advance(7) == Progress::Budget {
        sliced.extend(capture.take_bytes());
    }
    sliced.extend(capture.take_bytes());
    assert!(sliced == file(link, &everything()), "other bytes");
}

/// Between two instants, and of one connection: the whole of it, and nothing else.
#[test]
fn a_stretch_has_what_was_sent_in_it() {
    let link = "p=incident&duration=30s";
    let counters = |at: SimTime| {
        let mut sim = Sim::new(&link::scenario(link));
        sim.advance(at, u32::MAX);
        sim.snapshot().nstat
    };
    // The first instant is part of the stretch: what was counted before is what was counted a nanosecond earlier.
    let (before, after) = (counters(SimTime::from_nanos(21_999_999_999)), counters(at(24_000)));
    let stretch = read(&file(link, &Selection { from: at(22_000), to: at(24_000), ..everything() }));
    let again = stretch.iter().filter(|packet| packet.comment.contains("sent again")).count() as u64;
    assert_eq!(again, after.TcpRetransSegs - before.TcpRetransSegs);
    assert!(again > 100, "a stretch in which much is sent again");
    let resets = stretch.iter().filter(|packet| packet.rst).count() as u64;
    assert_eq!(resets, after.TcpOutRsts - before.TcpOutRsts);
    assert!(stretch.iter().all(|packet| (at(22_000)..=at(24_000)).contains(&packet.at)));

    let one = read(&file(link, &Selection { connections: Some(BTreeSet::from([300])), ..everything() }));
    assert_eq!(one[0].comment, "connection #300");
    let is_of_it = |packet: &Packet| packet.ends.contains(&one[0].ends[0]);
    assert!(one.len() > 5 && one.iter().all(is_of_it));
    assert!(one.iter().any(|packet| packet.fin), "to its end");
    analysed(&one);
}

#[test]
fn ports_are_used_again_behind_the_numbers_of_the_connection_before() {
    let packets = packets("keepalive=off&server-closes=off&ports=50&rps=5&service=10ms&tw-reuse=1&duration=30s");
    let syns: Vec<&Packet> = packets.iter().filter(|packet| packet.syn && packet.ack.is_none()).collect();
    let found = analysed(&packets);
    assert_eq!(found.reused_ports, syns.len() as u64 - 50, "all but the first of each port");
    let mut last: BTreeMap<u16, u32> = BTreeMap::new();
    for packet in packets.iter().filter(|packet| packet.ends[0].1 != 80) {
        let port = packet.ends[0].1;
        if let (true, Some(last)) = (packet.syn, last.get(&port)) {
            assert!(packet.seq.wrapping_sub(*last) < 1 << 31, "a TIME_WAIT takes it for the next (RFC 6191)");
        }
        last.insert(port, packet.seq);
    }
}

#[test]
fn a_packet_that_does_not_arrive_is_seen_on_the_interface_of_its_sender_only() {
    let link = "rps=50&duration=5s&loss=10&nic-rate=60&nic-queue=1";
    let both = read(&file(link, &Selection { points: Points::BothEnds, ..everything() }));
    let key =
        |packet: &Packet| (packet.ends.clone(), packet.seq, packet.ack, packet.syn, packet.fin, packet.text.clone());
    let seen_at = |interface: &str, packet: &Packet| {
        both.iter().filter(|other| other.interface == interface && key(other) == key(packet)).count()
    };
    let from_client = |packet: &&Packet| packet.interface == "client-1" && packet.ends[1].1 == 80;
    let (mut lost, mut queue, mut through) = (0, 0, 0);
    for packet in both.iter().filter(from_client) {
        let is_lost = packet.comment.contains("lost on the way");
        let is_dropped =
            packet.comment.contains("dropped: the server's input queue is full (netdev_max_backlog) (T-60)");
        lost += usize::from(is_lost);
        queue += usize::from(is_dropped);
        through += usize::from(!is_lost && !is_dropped);
    }
    assert!(lost > 10 && queue > 10 && through > 100, "{lost} lost, {queue} dropped, {through} through");
    let arrived = both.iter().filter(|packet| packet.interface == "server" && packet.ends[1].1 == 80);
    for packet in arrived.clone() {
        assert!(seen_at("client-1", packet) > 0, "it was sent: {packet:?}");
    }
    let on_its_way = through - arrived.count();
    assert!(on_its_way <= 2, "the run ends behind the last answer, but for {on_its_way}");
    // On the interface of one host there is nothing twice that was sent once.
    let client: Vec<Packet> = both.iter().filter(|packet| packet.interface == "client-1").cloned().collect();
    assert!(client.iter().any(|packet| packet.ends[0].1 == 80), "what arrives there, too");
}

#[test]
fn comments_say_what_the_model_knows() {
    let has = |link: &str, words: &[&str]| {
        let packets = packets(link);
        for words in words {
            assert!(packets.iter().any(|packet| packet.comment.contains(words)), "{link}: {words}");
        }
    };
    has(
        "p=incident&duration=25s",
        &[
            "dropped: accept queue 129 of 129 (T-5)",
            "sent again, copy 2",
            "closes: MaxIdleConnsPerHost idle ones are there already",
            "request #77",
        ],
    );
    has("p=phantoms&duration=15s", &["dropped: accept queue 129 of 129 (T-9)"]);
    has("p=restart&duration=25s", &["dropped: no process listens, RST (T-6)", "answers the SYN"]);
    has("p=cookies&duration=10s", &["SYN cookie: SYN queue"]);
    has("p=closed-by-us&duration=20s", &["closes: "]);
}

#[test]
fn segments_carry_http_as_go_writes_it() {
    let texts = |link: &str| -> BTreeSet<String> {
        let packets = packets(link);
        packets.into_iter().map(|packet| packet.text).filter(|text| !text.is_empty()).collect()
    };
    let get = texts("rps=5&duration=2s&seed=3");
    assert!(
        get.iter()
            .any(|text| text.starts_with("GET / HTTP/1.1\r\nHost: 10.0.1.1:80\r\nUser-Agent: Go-http-client/1.1\r\n"))
    );
    let answered = "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:01 GMT\r\nContent-Length: 2\r\n";
    assert!(get.iter().any(|text| text.starts_with(answered) && text.ends_with("\r\n\r\nok")), "{get:?}");
    let streamed = texts("method=POST&rewindable=off&upload=5ms&rps=5&duration=2s");
    assert!(streamed.iter().any(|text| text.contains("Transfer-Encoding: chunked\r\n") && text.ends_with("\r\n\r\n")));
    assert!(streamed.contains("3\r\nabc\r\n0\r\n\r\n"), "the body is a segment of its own");
    let closed = texts("rps=5&duration=2s&keepalive=off&server-closes=on");
    assert!(closed.iter().all(|text| text.contains("Connection: close\r\n")), "{closed:?}");
}

#[test]
fn the_loopback_interface_shows_each_packet_once() {
    let link = "p=incident&loopback=on&duration=12s";
    let both = file(link, &Selection { points: Points::BothEnds, ..everything() });
    assert!(both == file(link, &everything()));
    let packets = read(&both);
    assert!(packets.iter().all(|packet| packet.interface == "lo"));
    assert_eq!(Analysis { reused_ports: 0, ..analysed(&packets) }, expected(link, &packets));
}

/// The command line: the same bytes to a file and to a pipe; what cannot be is one sentence, and leaves no file.
#[test]
fn the_command_writes_a_whole_file_or_none() {
    let folder = std::env::temp_dir().join(format!("connlab-pcap-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("a.pcapng");
    let path = path.to_str().expect("a printable path");
    let link = "p=incident&duration=3s";
    let piped = connlab(&["pcap", link]);
    assert!(piped.status.success(), "{}", stderr(&piped));
    let written = connlab(&["pcap", link, "-o", path]);
    assert!(written.status.success() && written.stdout.is_empty(), "{}", stderr(&written));
    assert!(fs::read(path).expect("the file") == piped.stdout);
    let text = String::from_utf8_lossy(&piped.stdout);
    assert!(
        text.contains(&format!("Fingerprint {}", lab::run(link).fingerprint))
            && text.contains("p=incident&duration=3s")
    );
    fs::remove_file(path).expect("it was there");

    let missing = folder.join("no/such/folder.pcapng");
    let missing = missing.to_str().expect("a printable path");
    for (args, says) in [
        (&["--request", "999999"][..], "--request 999999: the run has 1235 requests, counted from 1"),
        (&["--connection", "999999"], "--connection 999999: the run has 490 dials, counted from 1"),
        (&["--from", "9s"], "--from 9s is after the run's end, 3 s"),
        (&["--to", "soon"], "--to soon: not a time (3228ms, 3.2s)"),
        (&["--from", "2s", "--to", "1s"], "--from 2 s is after --to 1 s"),
        (&["--to", "0s"], "no packet between 0 s and 0 s"),
        (&["--request", "1", "--from", "3s"], "no packet of request #1 between 3 s and 3 s"),
    ] {
        assert_eq!(refusal(&[&["pcap", link, "-o", path], args].concat()), says);
    }
    assert!(refusal(&["pcap", link, "-o", missing]).starts_with(&format!("cannot write {missing}: ")));
    let left: Vec<_> = fs::read_dir(&folder).expect("the folder").collect();
    assert!(left.is_empty(), "{left:?}");
    fs::remove_dir(folder).expect("it is empty");
}

#[test]
fn a_request_is_shown_by_its_connections() {
    let link = "p=stale-keepalive&duration=30s";
    let mut sim = Sim::new(&link::scenario(link));
    sim.run();
    let request = sim.failures(ErrorKind::Eof).first().expect("a failure").request;
    let trace = sim.tracer(request).run();
    let output = connlab(&["pcap", link, "--request", &request.to_string()]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains(&format!("request #{request}; dropped: no such connection here, RST (T-16)")));
    for connection in &trace.connections {
        assert!(text.contains(&format!("connection #{}", connection.number)));
    }
    // Nobody else's.
    assert_eq!(text.matches("connection #").count(), 2 * trace.connections.len(), "a SYN and a SYN-ACK each");
}
