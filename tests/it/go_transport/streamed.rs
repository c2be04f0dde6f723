//! Bodies that come from a reader: header and body are two writes, and what happens in between decides the error.
//!
//! The times and texts of a call whose connection ends while its body is being produced were measured on Go 1.27.

use connlab::sim::error::ErrorKind;

use super::{only_error, outcomes};
use crate::lab::{arrivals, failed, run, sim_with};
use crate::linux_semantics::{assert_times, rises};

/// 10 ms each way, and a body that is there half a second after its header.
const SLOW_BODY: &str = "method=POST&rewindable=off&server=go&service=0s&rtt=20ms&upload=500ms&duration=2s";

/// Header and body are two writes (C-18). The second request leaves 4.5 ms before Server.IdleTimeout closes the
/// connection, and crosses the FIN. GET is replayed. A POST in one write gets EOF when the FIN is read, 14.5 ms later.
/// A streamed one has its header on the way; the reader closes the connection, and its caller hears of it when the body
/// is written, 50 ms after the header. The replay hides it from GET (U-4).
#[test]
fn a_streamed_body_finds_the_connection_closed_by_its_own_reader_u1_c27() {
    let idle = "server=go&service=0s&rtt=20ms&timeout=0s&server-idle-timeout=100ms&upload=50ms&duration=2s";
    for (request, first_ends, outcome) in [
        ("method=GET", 40.0, (180.0, None)),
        ("method=POST", 40.0, (140.0, Some(ErrorKind::Eof))),
        ("method=POST&rewindable=off", 90.0, (225.5, Some(ErrorKind::Closed))),
        // An Idempotency-Key does not help: what was read of the body is gone (C-30).
        ("method=POST&rewindable=off&idempotency-key=on", 90.0, (225.5, Some(ErrorKind::Closed))),
    ] {
        // The response leaves 10 ms before it ends, and the server's idle time begins.
        let second = first_ends - 10.0 + 100.0 - 4.5;
        let sim = sim_with(&format!("{idle}&{request}"), arrivals(&[0.0, second]));
        assert_eq!(outcomes(&sim), [(first_ends, None), outcome], "{request}");
    }
    let sim = sim_with(&format!("{idle}&method=POST&rewindable=off"), arrivals(&[0.0, 175.5]));
    assert_eq!(only_error(&sim.report()), "write tcp 10.0.0.1:32768->10.0.1.1:80: use of closed network connection");
}

/// Small writes leave at once (TCP_NODELAY): the body, 5 ms behind the header, does not wait for the header's
/// acknowledgement (D-5).
#[test]
fn a_body_does_not_wait_for_the_acknowledgement_of_its_header_d5() {
    let link = SLOW_BODY.replace("upload=500ms", "upload=5ms&timeout=0s");
    assert_eq!(outcomes(&sim_with(&link, arrivals(&[0.0]))), [(20.0 + 5.0 + 20.0, None)]);
}

/// The reader gives the slot back when it closes the connection, not when the caller hears of it (C-13): the third
/// request dials at 190, when the FIN is read, and is answered at 190 + 20 + 50 + 20.
#[test]
fn the_slot_of_a_connection_that_died_during_an_upload_is_free_at_once_c13() {
    let link = "method=POST&rewindable=off&server=go&service=0s&rtt=20ms&timeout=0s&server-idle-timeout=100ms\
                &upload=50ms&max-conns=1&duration=2s";
    let sim = sim_with(link, arrivals(&[0.0, 175.5, 176.0]));
    assert_eq!(outcomes(&sim)[1..], [(225.5, Some(ErrorKind::Closed)), (280.0, None)]);
}

/// Killed while the body is awaited, with nothing unread: FIN. Killed with the header in the accept queue: RST. The
/// caller cannot tell, and hears of either when the body is there: it is the own side that closed (U-0).
#[test]
fn a_server_that_dies_during_an_upload_u2() {
    for (accepting, resets) in [("on", 0), ("off", 1)] {
        let link = format!("{SLOW_BODY}&timeout=0s&accepting={accepting}&200ms.listening=off");
        let sim = sim_with(&link, arrivals(&[0.0]));
        assert_eq!(outcomes(&sim), [(520.0, Some(ErrorKind::Closed))], "accepting={accepting}");
        assert_eq!(sim.report().nstat.TcpOutRsts, resets, "accepting={accepting}");
    }
}

/// Do() returns when the body has been read, however long its time has been over: at 520 instead of at 200. The
/// connection is closed in time, though: the server hears of it at 210 and never starts a handler.
#[test]
fn a_call_does_not_return_before_its_body_c27() {
    for (limit, kind) in
        [("timeout=200ms", ErrorKind::ClientTimeout), ("timeout=0s&deadline=200ms", ErrorKind::Deadline)]
    {
        let link = format!("{SLOW_BODY}&{limit}");
        let sim = sim_with(&link, arrivals(&[0.0]));
        assert_eq!(outcomes(&sim), [(520.0, Some(kind))], "{limit}");
        assert_eq!(sim.report().server.handlers_started, 0, "{limit}");
        let client_closes = rises(&link, arrivals(&[0.0]), |report| report.connections.client_closes);
        assert_times(&client_closes, &[200.0]);
    }
    // A deadline that passes while the call waits to say what it failed with changes nothing, but ends the retries.
    let dying = format!("{SLOW_BODY}&timeout=0s&100ms.listening=off&deadline=200ms&retries=5");
    let sim = sim_with(&dying, arrivals(&[0.0]));
    assert_eq!(outcomes(&sim), [(520.0, Some(ErrorKind::Closed))]);
    assert_eq!(sim.report().attempts.application, 1);
}

/// Go 1.4 keeps the header in its buffer until the body is there, and does not wait for its writer: a time-out is seen
/// at once, and nothing has been sent (M-12).
#[test]
fn go_1_4_writes_header_and_body_together_and_does_not_wait_m12() {
    let sim = sim_with(&format!("{SLOW_BODY}&go=1.4&timeout=200ms"), arrivals(&[0.0]));
    assert_eq!(outcomes(&sim), [(200.0, Some(ErrorKind::Closed))]);
    assert_eq!(sim.report().attempts.wire, 0);
    let sim = sim_with(&format!("{SLOW_BODY}&go=1.4&timeout=0s&100ms.listening=off"), arrivals(&[0.0]));
    assert_eq!(outcomes(&sim), [(110.0, Some(ErrorKind::Eof))]);
    let sim = sim_with(&format!("{SLOW_BODY}&go=1.4&timeout=0s"), arrivals(&[0.0]));
    assert_eq!(outcomes(&sim), [(540.0, None)]);
}

/// ResponseHeaderTimeout starts with the last write: 100 ms of dial, 100 ms of upload, then 300 ms.
#[test]
fn response_header_timeout_counts_from_the_body_c19() {
    let link = "method=POST&rewindable=off&server=go&service=1s&service-dist=fixed&rtt=100ms&upload=100ms&timeout=0s\
                &header-timeout=300ms&duration=2s";
    let sim = sim_with(link, arrivals(&[0.0]));
    assert_eq!(outcomes(&sim), [(500.0, Some(ErrorKind::HeaderTimeout))]);
}

/// On a short path the header has drawn its RST before the reader, which has a FIN to read, runs: the body meets FIN
/// and RST, EPIPE (T-41), which Go hands on: a socket's SIGPIPE is ignored (D-7). Where the RST is still on its way,
/// the write works, and the reader's EOF is what remains. A body that can be rewound leaves with its header, and its
/// write never fails.
#[test]
fn a_body_written_after_fin_and_rst_is_a_broken_pipe_e9_t41() {
    let link = "method=POST&load=closed&callers=20&think=100ms&idle=100&server=go&server-idle-timeout=100ms\
                &sched-delay=1ms&duration=200s";
    let streamed = run(&format!("{link}&rewindable=off&rtt=100us&upload=200us"));
    assert!(failed(&streamed, "broken-pipe") > 5 && failed(&streamed, "closed") > 0, "{:?}", streamed.errors);
    let row = streamed.errors.iter().find(|row| row.class == "broken-pipe").unwrap();
    let text = row.text.strip_prefix("Post \"http://10.0.1.1:80/\": write tcp 10.0.0.1:").expect("a write error");
    assert!(text.ends_with("->10.0.1.1:80: write: broken pipe"), "{text}");
    let far = run(&format!("{link}&rewindable=off&rtt=4ms&upload=200us"));
    assert!(failed(&far, "broken-pipe") == 0 && failed(&far, "eof") > 0, "{:?}", far.errors);
    let rewindable = run(&format!("{link}&rtt=100us&upload=200us"));
    assert_eq!((failed(&rewindable, "broken-pipe"), failed(&rewindable, "closed")), (0, 0), "{:?}", rewindable.errors);
}

/// Half-accepted, with header and body untaken: the header is sent again at 247 ms·2^k after it was first written, and
/// the body when the copy that is taken has been acknowledged, one RTT later (T-14, T-15).
#[test]
fn header_and_body_of_a_half_accepted_connection_are_sent_again_in_order_t14_t15() {
    let link = "method=POST&rewindable=off&service=0s&accepting=off&backlog=1&rtt=47ms&upload=100ms&timeout=0s\
                &duration=5s&3s.accepting=on";
    let three = arrivals(&[0.0, 1000.0, 1000.0]);
    let header = 1000.0 + 47.0;
    let taken = header + 247.0 * 8.0;
    // The SYN-ACK's second second is in between.
    let sent_again = [header + 247.0, header + 494.0, 2023.5, header + 988.0, taken, taken + 47.0];
    assert_times(&rises(link, three.clone(), |report| report.nstat.TcpRetransSegs), &sent_again);
    let answered: Vec<f64> = outcomes(&sim_with(link, three)).iter().map(|(ended, _)| *ended).collect();
    assert_eq!(answered[2], taken + 2.0 * 47.0);
}

/// A cookie can be answered by the client's first segment only: a body that comes while the header is still to be taken
/// draws an RST (T-12).
#[test]
fn a_body_cannot_answer_a_syn_cookie_t12() {
    let link = "method=POST&rewindable=off&accepting=off&backlog=0&syncookies=2&rtt=40ms&upload=100ms&timeout=0s\
                &duration=2s";
    let sim = sim_with(link, arrivals(&[0.0, 0.0]));
    // Written at 40 and 140, refused at 160.
    assert_eq!(outcomes(&sim), [(180.0, Some(ErrorKind::Reset))]);
    assert_eq!(sim.report().nstat.TcpExtSyncookiesFailed, 1);
}

/// Whatever is lost comes again, each segment by itself and in order: every request is answered.
#[test]
fn lost_headers_and_bodies_come_again_t14() {
    for upload in ["0s", "3ms", "300ms"] {
        let link = format!(
            "method=POST&rewindable=off&server=go&service=1ms&rtt=10ms&loss=5%&upload={upload}&timeout=0s&rps=100\
             &idle=100&duration=20s&tail=200s"
        );
        let report = run(&link);
        assert_eq!((report.requests.ok, report.requests.failed), (report.requests.offered, 0), "upload={upload}");
        assert_eq!(report.server.handlers_started, report.requests.offered, "upload={upload}");
        assert!(report.nstat.TcpRetransSegs > 100, "upload={upload}");
    }
}
