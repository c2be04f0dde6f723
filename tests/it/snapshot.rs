//! The world at one instant: a snapshot agrees with itself, with the report, and with what the rules say about the
//! instant.

use connlab::link;
use connlab::preset::PRESETS;
use connlab::sim::Sim;
use connlab::sim::failures::Failure;
use connlab::sim::report::SocketStates;
use connlab::sim::snapshot::{
    Connection, End, Message, Packet, Role, Segment, ServerPlace, Side, Snapshot, State, TimeWait,
};
use connlab::time::{SimDuration, SimTime};

use super::lab;

fn ms(ms: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_millis(ms)
}

/// The world of a link's run at this time.
fn at(link: &str, time: SimTime) -> Snapshot {
    let decoded = link::decode(link);
    assert_eq!(decoded.warnings, [], "{link}");
    let mut sim = Sim::new(&decoded.recipe.scenario);
    sim.advance(time, u32::MAX);
    sim.snapshot()
}

/// Sockets of one side by state, as the report counts them.
fn sockets(snapshot: &Snapshot, side: Side) -> SocketStates {
    let count = |state| snapshot.connections.iter().filter(|connection| connection.end(side).state == state).count();
    let resting = |time_wait: &[TimeWait]| time_wait.len() as u64;
    SocketStates {
        SYN_SENT: count(State::SynSent) as u64,
        SYN_RECV: count(State::SynRecv) as u64,
        ESTABLISHED: count(State::Established) as u64,
        FIN_WAIT1: count(State::FinWait1) as u64,
        FIN_WAIT2: count(State::FinWait2) as u64,
        CLOSE_WAIT: count(State::CloseWait) as u64,
        CLOSING: count(State::Closing) as u64,
        LAST_ACK: count(State::LastAck) as u64,
        TIME_WAIT: match side {
            Side::Client => snapshot.clients.iter().map(|client| resting(&client.time_wait)).sum(),
            Side::Server => resting(&snapshot.server.time_wait),
        },
    }
}

/// The numbers 0, 1, 2, ... in any order.
fn assert_counts_up(mut positions: Vec<u32>, what: &str) {
    positions.sort_unstable();
    assert!(positions.iter().zip(0..).all(|(position, expected)| *position == expected), "{what}: {positions:?}");
}

fn assert_agrees_with_itself(snapshot: &Snapshot, what: &str) {
    let Snapshot { connections, server, .. } = snapshot;
    let of = |place: fn(&Connection) -> Option<u32>| connections.iter().filter_map(place).collect::<Vec<_>>();
    let queued = of(|connection| match connection.place {
        ServerPlace::AcceptQueue { position } => Some(position),
        _ => None,
    });
    assert_eq!(queued.len(), server.accept_queue.length as usize, "{what}");
    assert_counts_up(queued, what);
    assert_counts_up(
        of(|connection| match connection.place {
            ServerPlace::Waiting { position } => Some(position),
            _ => None,
        }),
        what,
    );
    let mut workers = of(|connection| match connection.place {
        ServerPlace::Idle { worker } | ServerPlace::ReadingBody { worker } => worker,
        ServerPlace::Handling { worker, .. } => Some(worker),
        _ => None,
    });
    assert_eq!(workers.len(), server.workers.length as usize, "{what}");
    workers.sort_unstable();
    workers.dedup();
    assert_eq!(workers.len(), server.workers.length as usize, "{what}: two have the same worker");
    assert_eq!(sockets(snapshot, Side::Server).SYN_RECV, u64::from(server.syn_queue.length), "{what}");
    let numbers: Vec<u32> = connections.iter().map(|connection| connection.number).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "{what}: every number once");
    for packet in &snapshot.packets {
        assert!(packet.sent <= snapshot.at && snapshot.at <= packet.arrives, "{what}: {packet:?}");
        assert!(numbers.binary_search(&packet.connection).is_ok(), "{what}: {packet:?}");
    }
    for connection in connections {
        for side in [Side::Client, Side::Server] {
            let &End { state, send_q, timer, in_time_wait_table, .. } = connection.end(side);
            assert!(timer.is_none_or(|timer| timer.due >= snapshot.at), "{what}: overdue: {connection:?}");
            // A timer waits for an answer, or for the peer's FIN.
            match state {
                State::SynSent | State::SynRecv => assert!(timer.is_some(), "{what}: {connection:?}"),
                State::Closed | State::TimeWait => assert_eq!((send_q, timer), (0, None), "{what}: {connection:?}"),
                State::FinWait2 => assert_eq!(timer.is_some(), in_time_wait_table, "{what}: {connection:?}"),
                _ => assert_eq!(timer.is_some(), send_q > 0, "{what}: {connection:?}"),
            }
        }
    }
    for (number, client) in (0..).zip(&snapshot.clients) {
        let mine = || connections.iter().filter(move |connection| connection.client == number);
        let role = |role: fn(Role) -> bool| mine().filter(|connection| role(connection.role)).count() as u32;
        let in_use =
            mine().filter(|connection| !matches!(connection.client_end.state, State::Closed | State::TimeWait));
        assert_eq!(in_use.count() as u32, client.ports.in_use, "{what}");
        assert_eq!(role(|role| matches!(role, Role::Dialing { .. })), client.pool.dialing, "{what}");
        assert_eq!(role(|role| role == Role::Dialing { wanted: false }), client.pool.dialing_for_nobody, "{what}");
        assert_eq!(client.pool.busy + client.pool.dialing + client.pool.idle.len() as u32, client.pool.open, "{what}");
        assert_eq!(
            role(|role| matches!(role, Role::Busy | Role::Uploading | Role::Delivered)),
            client.pool.busy,
            "{what}"
        );
        assert!(client.pool.waiting_for_slot <= client.pool.waiting, "{what}");
        assert!(client.pool.waiting <= client.requests_in_flight, "{what}");
    }
    let in_flight = snapshot.clients.iter().map(|client| client.requests_in_flight + client.requests_waiting_to_retry);
    assert_eq!(in_flight.map(u64::from).sum::<u64>(), snapshot.requests.in_flight, "{what}");
    assert_eq!(snapshot.errors.iter().map(|error| error.count).sum::<u64>(), snapshot.requests.failed, "{what}");
    assert!(snapshot.errors.iter().all(|error| error.count > 0), "{what}: {:?}", snapshot.errors);
    assert_eq!(snapshot.failures.len() as u64, snapshot.requests.failed.min(32), "{what}");
    assert!(snapshot.failures.is_sorted_by_key(|failed| failed.at), "{what}: {:?}", snapshot.failures);
}

#[test]
fn snapshots_of_every_preset_agree_with_themselves() {
    for preset in PRESETS {
        let mut sim = Sim::new(&link::scenario(&format!("p={}", preset.name)));
        for step in 1..12 {
            // Between the packets and the timers, which fall on round times.
            sim.advance(ms(step * 1_007) + SimDuration::from_micros(step * 371), u32::MAX);
            assert_agrees_with_itself(&sim.snapshot(), &format!("{} at {:?}", preset.name, sim.now()));
        }
    }
}

#[test]
fn snapshots_of_other_mechanisms_agree_with_themselves() {
    for link in [
        "go=1.4&rps=800&timeout=50ms&duration=3s",
        "server=go&rps=2000&workers=4&timeout=200ms&duration=3s",
        "clients=3&rps=900&max-conns=5&retries=2&timeout=100ms&duration=3s",
        "method=post&rewindable=off&upload=3ms&rps=500&duration=3s",
        "sched-delay=2ms&rps=900&idle=20&loss=2%&rtt-jitter=5ms&duration=3s",
        "keepalive=off&nic-rate=2000&nic-queue=50&rps=900&duration=3s",
        "syncookies=2&rps=900&backlog=4&rtt=40ms&duration=3s&1s.listening=off&1500ms.listening=on",
        "loopback=on&rps=1500&backlog=4&duration=3s&1s.workers=3&2s.workers=40",
    ] {
        let mut sim = Sim::new(&link::scenario(link));
        for step in 1..30 {
            sim.advance(ms(step * 97) + SimDuration::from_micros(step * 371), u32::MAX);
            assert_agrees_with_itself(&sim.snapshot(), &format!("{link} at {:?}", sim.now()));
        }
    }
}

/// To look changes nothing, and at the end there is what the report says.
#[test]
fn a_snapshot_at_the_end_is_what_the_report_says() {
    for link in ["p=incident&duration=8s", "p=two-idle&duration=5s", "p=phantoms&duration=5s"] {
        let mut sim = Sim::new(&link::scenario(link));
        for second in 1..4 {
            sim.advance(ms(1_000 * second), u32::MAX);
            sim.snapshot();
        }
        sim.run();
        let (snapshot, report) = (sim.snapshot(), sim.report());
        assert_eq!(sockets(&snapshot, Side::Client), report.sockets_end.client, "{link}");
        assert_eq!(sockets(&snapshot, Side::Server), report.sockets_end.server, "{link}");
        assert_eq!((snapshot.nstat, snapshot.requests), (report.nstat, report.requests), "{link}");
        for row in &report.errors {
            let count = snapshot.errors.iter().find(|error| error.class == row.class).map(|error| error.count);
            assert_eq!(count, Some(row.count), "{link}: {}", row.class);
        }
        for failed in &snapshot.failures {
            let kept = sim.failures(failed.kind);
            let is_it = |one: &Failure| (one.ended, one.connection) == (failed.at, failed.connection);
            assert!(kept.len() > 99 || kept.iter().any(is_it), "{link}: {failed:?}");
        }
        assert_eq!(report.fingerprint, lab::run(link).fingerprint, "{link}: it was looked at");
    }
}

/// One request over 10 ms of distance, packet by packet.
#[test]
fn a_request_is_seen_on_its_way() {
    let link = "rtt=20ms&rps=1&arrivals=even&service=50ms&service-dist=fixed&duration=3s";
    let start = ms(1_000);
    let look = |after_ms| at(link, start + SimDuration::from_millis(after_ms));
    let packets = |snapshot: &Snapshot| -> Vec<(Side, Packet, u64)> {
        let packets = snapshot.packets.iter();
        packets.map(|packet| (packet.to, packet.packet, packet.sent.since(start).as_micros())).collect()
    };
    let syn = look(5);
    let [one] = &syn.connections[..] else { panic!("{:?}", syn.connections) };
    assert_eq!((one.number, one.role, one.place), (1, Role::Dialing { wanted: true }, ServerPlace::Nowhere));
    assert_eq!((one.client_end.state, one.client_end.send_q), (State::SynSent, 1));
    assert_eq!(
        one.client_end.timer.map(|timer| (timer.due, timer.copies)),
        Some((start + SimDuration::from_secs(1), 0))
    );
    assert_eq!(packets(&syn), [(Side::Server, Packet::Syn, 0)]);

    let syn_ack = look(15);
    assert_eq!(syn_ack.connections[0].place, ServerPlace::SynQueue);
    assert_eq!(packets(&syn_ack), [(Side::Client, Packet::SynAck, 10_000)]);

    let segment = |message| Packet::Segment(Segment { seq: 0, message });
    let request = look(25);
    let one = &request.connections[0];
    assert_eq!((one.role, one.place, one.client_end.send_q), (Role::Busy, ServerPlace::SynQueue, 92));
    assert_eq!(
        packets(&request),
        [(Side::Server, Packet::Ack, 20_000), (Side::Server, segment(Message::Request), 20_000)]
    );

    let handled = look(35);
    let (since, until) = (start + SimDuration::from_millis(30), Some(start + SimDuration::from_millis(80)));
    assert_eq!(handled.connections[0].place, ServerPlace::Handling { worker: 0, since, until });
    assert_eq!((handled.connections[0].client_end.send_q, packets(&handled)), (0, vec![]));

    let response = look(85);
    assert_eq!(response.connections[0].server_end.send_q, 118);
    assert_eq!(packets(&response), [(Side::Client, segment(Message::Response), 80_000)]);

    let idle = look(95);
    assert_eq!(
        (idle.connections[0].role, idle.connections[0].place),
        (Role::Idle, ServerPlace::Idle { worker: Some(0) })
    );
    assert_eq!(idle.clients[0].pool.idle.len(), 1);
}

/// What is on its way in one instant was on its way in every instant since it left: jitter, loss and the server's input
/// queue (T-60) change nothing about when it left.
#[test]
fn packets_left_when_they_say() {
    for link in ["rtt=20ms&rtt-jitter=30ms&loss=1%&rps=300&duration=2s", "nic-rate=900&rtt=4ms&rps=200&duration=2s"] {
        let mut sim = Sim::new(&link::scenario(link));
        let mut before = sim.snapshot();
        let (mut seen_again, mut queued, mut to_the_server) = (0, 0, 0);
        for step in 1..1_500 {
            sim.advance(ms(step), u32::MAX);
            let now = sim.snapshot();
            for packet in now.packets.iter().filter(|packet| packet.sent < before.at) {
                assert!(before.packets.contains(packet), "{link}: {packet:?} at {:?}", before.at);
                seen_again += 1;
            }
            let there = now.packets.iter().filter(|packet| packet.to == Side::Server);
            queued += there.clone().filter(|packet| packet.in_input_queue).count();
            to_the_server += there.filter(|packet| !packet.in_input_queue).count();
            before = now;
        }
        assert!(seen_again > 1_000 && to_the_server > 1_000, "{link}: {seen_again} {to_the_server}");
        assert_eq!(queued > 0, link.contains("nic-rate"), "{link}: {queued}");
    }
}

fn places(snapshot: &Snapshot, place: ServerPlace) -> Vec<&Connection> {
    snapshot.connections.iter().filter(|connection| connection.place == place).collect()
}

/// Three connections, and three more, for an accept queue of four, over 20 ms of distance: all SYNs of the second burst
/// pass the check, and one of their last ACKs finds room (T-5, T-9). The requests of the others lie at the client,
/// unacknowledged, and their timers run; so do those of the SYN-ACKs.
#[test]
fn half_accepted_connections_are_told_from_handshakes() {
    let link = "load=burst&burst=3&burst-every=50ms&rtt=20ms&backlog=3&accepting=off&duration=2s";
    let on_the_way = at(link, ms(65));
    assert_eq!((places(&on_the_way, ServerPlace::SynQueue).len(), on_the_way.server.half_accepted), (3, 0));

    let later = at(link, ms(95));
    let queued: Vec<(u32, u32, u32)> = (later.connections.iter())
        .filter(|connection| matches!(connection.place, ServerPlace::AcceptQueue { .. }))
        .map(|connection| (connection.number, connection.client_end.send_q, connection.server_end.recv_q))
        .collect();
    assert_eq!(queued, [(1, 0, 92), (2, 0, 92), (3, 0, 92), (4, 0, 92)], "acknowledged, and read by nobody");
    let half = places(&later, ServerPlace::HalfAccepted);
    assert_eq!((half.len(), later.server.half_accepted), (2, 2));
    for connection in half {
        assert_eq!((connection.client_end.state, connection.server_end.state), (State::Established, State::SynRecv));
        assert_eq!((connection.client_end.send_q, connection.server_end.recv_q), (92, 0));
        let due = |side| connection.end(side).timer.map(|timer| timer.due.since(SimTime::ZERO).as_millis_f64());
        // The request left at 70 ms, its RTO is 220 ms; the SYN-ACK at 60 ms, its timer 1 s.
        assert_eq!((due(Side::Client), due(Side::Server)), (Some(290.0), Some(1_060.0)));
    }
}

/// With a cookie the server has no socket (T-12), and still the client may believe itself connected.
#[test]
fn a_cookie_is_no_socket() {
    let snapshot = at("load=burst&burst=5&burst-every=60s&rtt=20ms&backlog=1&accepting=off&duration=2s", ms(100));
    let cookies = places(&snapshot, ServerPlace::Cookie);
    assert_eq!((cookies.len(), snapshot.server.syn_queue.length), (3, 0));
    for connection in cookies {
        assert_eq!((connection.client_end.state, connection.server_end.state), (State::Established, State::Closed));
        assert_eq!(connection.client_end.send_q, 92);
    }
}

/// As Linux 6.18 shows it: a FIN that nobody has read counts as one byte, behind the request that nobody has read.
#[test]
fn an_unread_fin_counts_as_one_byte() {
    let snapshot = at("load=burst&burst=2&burst-every=60s&rtt=20ms&accepting=off&timeout=100ms&duration=2s", ms(500));
    assert_eq!(snapshot.connections.len(), 2);
    for connection in &snapshot.connections {
        assert_eq!((connection.server_end.state, connection.server_end.recv_q), (State::CloseWait, 92 + 1));
        assert_eq!((connection.client_end.state, connection.client_end.send_q), (State::FinWait2, 0));
        assert!(connection.client_end.in_time_wait_table && connection.role == Role::Closed);
    }
}

/// In the instant of its end an entry of the TIME_WAIT table is gone.
#[test]
fn a_time_wait_is_over_at_its_end() {
    let resting = |snapshot: &Snapshot| -> Vec<TimeWait> {
        let clients = snapshot.clients.iter().flat_map(|client| &client.time_wait);
        clients.chain(&snapshot.server.time_wait).copied().collect()
    };
    for closer in ["idle=0", "keepalive=off"] {
        let link = format!("rps=1&arrivals=even&service=1ms&rtt=2ms&duration=90s&{closer}");
        let first = resting(&at(&link, ms(10_000)))[0];
        assert!(resting(&at(&link, SimTime::from_nanos(first.end.as_nanos() - 1))).contains(&first), "{closer}");
        assert!(!resting(&at(&link, first.end)).contains(&first), "{closer}");
    }
}

/// Until it is answered a timer stays where it is, and when it has fired one more copy is out.
#[test]
fn a_timer_fires_when_it_says() {
    let mut fired = [0; 2];
    for link in [
        "load=burst&burst=6&burst-every=700ms&rtt=20ms&backlog=3&accepting=off&timeout=0s&dial-timeout=0s&duration=8s",
        "load=burst&burst=6&burst-every=700ms&rtt=20ms&backlog=3&accepting=off&timeout=4s&syncookies=2&duration=8s",
        "rps=20&rtt=20ms&accepting=off&backlog=200&timeout=500ms&duration=2s",
        "rps=5&arrivals=even&rtt=20ms&loss=30%&timeout=0s&dial-timeout=0s&duration=8s",
    ] {
        let mut sim = Sim::new(&link::scenario(link));
        let mut before = sim.snapshot();
        while sim.now() < sim.end() {
            sim.advance(sim.now() + SimDuration::from_millis(5), u32::MAX);
            let now = sim.snapshot();
            assert_agrees_with_itself(&now, link);
            for was in &before.connections {
                let Some(is) = now.connections.iter().find(|is| is.number == was.number) else { continue };
                for side in [Side::Client, Side::Server] {
                    let (was, is) = (was.end(side), is.end(side));
                    let (Some(then), Some(timer)) = (was.timer, is.timer) else { continue };
                    if (was.state, was.send_q) != (is.state, is.send_q) {
                        continue;
                    }
                    // A tail loss probe is no copy.
                    let is_sent = timer.copies > then.copies || then.copies == 0;
                    let fires = then.due <= now.at && timer.due > now.at && is_sent;
                    assert!(timer == then || fires, "{link} at {:?}: {was:?}, then {is:?}", now.at);
                    fired[side as usize] += u32::from(timer.copies > then.copies);
                }
            }
            before = now;
        }
    }
    assert!(fired[0] > 100 && fired[1] >= 5, "too little is sent again: {fired:?}");
}

/// The end of the stream is a byte that nobody has read, until somebody has: Go's background read takes it while a
/// handler runs, a pre-fork worker reads nothing meanwhile; a client's reader is always there.
#[test]
fn an_end_that_was_read_is_not_in_the_receive_queue() {
    for (server, unread) in [("go", 0), ("workers", 1)] {
        let link = format!("rps=1&arrivals=even&rtt=20ms&service=500ms&service-dist=fixed&server={server}&duration=2s");
        let snapshot = at(&format!("{link}&timeout=100ms"), ms(1_200));
        let [one] = &snapshot.connections[..] else { panic!("{:?}", snapshot.connections) };
        assert_eq!((one.server_end.state, one.server_end.recv_q), (State::CloseWait, unread), "{server}");
        assert_eq!(snapshot.server.worker_per_connection, server == "workers");
        let closed = at(&format!("{link}&keepalive=off&timeout=0s"), ms(1_545));
        assert_eq!(closed.connections[0].client_end.recv_q, 0, "{server}: {:?}", closed.connections);
    }
}

/// A socket is a descriptor, beside those that each program has anyway.
#[test]
fn descriptors_are_those_of_the_program_and_one_for_each_socket() {
    let link = "rps=1&arrivals=even&rtt=20ms&server=go&service=50ms&service-dist=fixed&duration=4s&timeout=0s";
    let open = |at_ms| {
        let snapshot = at(link, ms(at_ms));
        (snapshot.clients[0].descriptors.open, snapshot.server.descriptors.open)
    };
    assert_eq!([500, 1_005, 1_095].map(open), [(5, 6), (6, 6), (6, 7)]);
}

/// At 3.5 s a handshake of the first 100 ms has been repeated after 1 and after 3 s, by the server for those that are
/// half-accepted, by the client for those whose SYN was dropped.
#[test]
fn a_handshake_in_vain_counts_its_copies() {
    let link = "load=burst&burst=3&burst-every=50ms&rtt=20ms&backlog=3&accepting=off&syn-linear=0&duration=9s";
    let snapshot = at(&format!("{link}&timeout=0s&dial-timeout=0s"), ms(3_500));
    let half = places(&snapshot, ServerPlace::HalfAccepted);
    let timer = |end: &End| end.timer.map(|timer| (timer.due.since(SimTime::ZERO).as_millis_f64(), timer.copies));
    assert_eq!(half.iter().map(|it| timer(&it.server_end)).collect::<Vec<_>>(), [Some((7_060.0, 2)); 2]);
    let dropped = snapshot.connections.iter().find(|it| it.number == 7).expect("the first of the third burst");
    assert_eq!((dropped.client_end.state, timer(&dropped.client_end)), (State::SynSent, Some((7_100.0, 2))));
}

/// An orphan waits a minute for the FIN of a server that never accepts it (T-48).
#[test]
fn an_orphan_in_fin_wait_2_is_gone_after_a_minute() {
    let link = "load=burst&burst=1&burst-every=200s&rtt=20ms&accepting=off&timeout=100ms&duration=100s";
    let end = |time| at(link, time).connections[0].client_end;
    let orphan = end(ms(1_000));
    assert_eq!((orphan.state, orphan.in_time_wait_table), (State::FinWait2, true));
    // Its FIN left at 100 ms.
    let due = orphan.timer.expect("a timer").due;
    assert_eq!(due, ms(120) + SimDuration::from_secs(60));
    assert_eq!((end(ms(60_119)).state, end(ms(60_121)).state), (State::FinWait2, State::Closed));
}

/// Go 1.4 has another User-Agent, 1 byte longer.
#[test]
fn a_request_of_go_1_4_is_as_long_as_its_user_agent() {
    let length = |go: &str| {
        let snapshot = at(&format!("rtt=20ms&rps=1&arrivals=even&duration=3s&go={go}"), ms(1_025));
        snapshot.connections[0].client_end.send_q
    };
    assert_eq!(("Go-http-client/1.1".len(), "Go 1.1 package http".len()), (18, 19));
    assert_eq!([length("1.27"), length("1.4")], [92, 93]);
}
