//! Does the model's server do what Go's `http.Server` does? Its time limits (S-6) and its ways of going down (S-10).
//! What is asserted here was seen on Go 1.27 too, there with the delays of a real machine.

use connlab::sim::error::ErrorKind;

use super::go_transport::{outcomes, recorded};
use super::lab::{arrivals, sim_with};
use super::linux_semantics::rises;

/// Two requests in service and eight connections in the accept queue, 5 ms each way; the server goes down at 500, and
/// one more request comes at 700. Shutdown: the two are answered. Close, or a kill: EOF for the two. Either way the
/// eight are reset, and whoever comes later is refused (S-10, T-30, T-42, G21).
#[test]
fn shutdown_finishes_what_is_in_service_and_a_kill_does_not_s10_g21() {
    let ten_and_one: Vec<f64> = (0..10).map(f64::from).chain([700.0]).collect();
    let eof = (505.0, Some(ErrorKind::Eof));
    for (stop, in_service) in [("shutdown", [(1020.0, None), (1020.0, None)]), ("kill", [eof, eof])] {
        let link = format!("server=workers&workers=2&rtt=10ms&timeout=0s&duration=3s&stop={stop}&500ms.listening=off");
        // The second request comes a millisecond later and takes one less.
        let sim = sim_with(&link, recorded(&ten_and_one, &[1000.0, 999.0]));
        let all = outcomes(&sim);
        assert_eq!(all[..2], in_service, "{stop}");
        assert_eq!(all[2..10], [(505.0, Some(ErrorKind::Reset)); 8], "{stop}");
        assert_eq!(all[10..], [(710.0, Some(ErrorKind::Refused))], "{stop}");
        // The server closes first, and has the TIME_WAITs.
        let sockets = sim.report().sockets_end;
        assert_eq!((sockets.client.TIME_WAIT, sockets.server.TIME_WAIT), (0, 2), "{stop}");
    }
}

/// One idle connection, and one that was dialed for a request that another connection served: to the server it is new.
/// Shutdown closes the idle one at once and the new one when it is five seconds old (S-10).
const IDLE_AND_NEW: &str = "server=go&service=10ms&service-dist=fixed&rtt=100ms&timeout=0s&duration=10s&stop=shutdown";

/// A is answered at 210 and B at 320, both on the first connection; the second is accepted at 300.
const A_AND_B: [f64; 2] = [0.0, 150.0];

#[test]
fn shutdown_closes_idle_connections_at_once_and_new_ones_after_five_seconds_s10() {
    let link = format!("{IDLE_AND_NEW}&1s.listening=off");
    let closes = rises(&link, arrivals(&A_AND_B), |report| report.connections.server_closes);
    assert_eq!(closes, [1000.0, 5300.0]);
    let report = sim_with(&link, arrivals(&A_AND_B)).report();
    assert_eq!((report.connections.accepted, report.connections.accepted_unused), (2, 1));
}

/// A request that comes on the new connection meanwhile is read and not served: EOF. It counts as reused (C-11.3), so
/// GET is replayed, and refused.
#[test]
fn a_request_on_a_new_connection_during_shutdown_gets_eof_s10() {
    let link = format!("{IDLE_AND_NEW}&1s.listening=off");
    let at = arrivals(&[A_AND_B[0], A_AND_B[1], 2000.0]);
    for (method, expected) in [("GET", (2200.0, Some(ErrorKind::Refused))), ("POST", (2100.0, Some(ErrorKind::Eof)))] {
        let sim = sim_with(&format!("{link}&method={method}"), at.clone());
        assert_eq!(outcomes(&sim)[2], expected, "{method}");
        assert_eq!(sim.report().server.handlers_started, 2, "{method}");
    }
}

/// The last response of a connection says `Connection: close`: the POST that waits for the only connection does not get
/// it, but a new one to the next process. A server that closed without a word would give it EOF.
#[test]
fn shutdown_announces_the_close_s10() {
    let link = "server=go&service=1s&service-dist=fixed&rtt=10ms&timeout=0s&max-conns=1&method=POST&duration=4s\
                &stop=shutdown&500ms.listening=off&600ms.listening=on";
    let sim = sim_with(link, arrivals(&[0.0, 100.0]));
    // Dial 10, request and answer 10, work 1000.
    assert_eq!(outcomes(&sim), [(1020.0, None), (2040.0, None)]);
}

/// The next process takes connections while the old one finishes. It has descriptors of its own, and killing it leaves
/// the old one alone.
#[test]
fn the_next_process_starts_while_the_old_one_finishes_s10() {
    // Six descriptors are the process's own, two are for connections.
    let link = "server=go&service-dist=fixed&rtt=10ms&timeout=0s&server-fds=8&duration=5s\
                &stop=shutdown&500ms.listening=off&600ms.listening=on&1s.stop=kill&1s.listening=off";
    let at = [0.0, 0.0, 700.0, 700.0];
    let sim = sim_with(link, recorded(&at, &[2000.0, 2000.0, 100.0, 2000.0]));
    let eof = (1005.0, Some(ErrorKind::Eof));
    assert_eq!(outcomes(&sim), [(2020.0, None), (2020.0, None), (820.0, None), eof]);
    assert_eq!(sim.report().connections.accepted, 4);
}

/// The two processes share the workers: a restart does not make the machine faster.
#[test]
fn old_and_new_process_share_the_workers() {
    for server in ["go", "workers"] {
        let link = format!(
            "server={server}&workers=1&service=1s&service-dist=fixed&rtt=10ms&timeout=0s&keepalive=off&duration=5s\
             &stop=shutdown&500ms.listening=off&600ms.listening=on"
        );
        let sim = sim_with(&link, arrivals(&[0.0, 700.0]));
        // The first handler's work ends at 1015.
        assert_eq!(outcomes(&sim), [(1020.0, None), (2020.0, None)], "{server}");
        assert_eq!(sim.report().peaks.busy_workers, 1, "{server}");
    }
}

/// The accept loop of the next process does not sleep out the pause that the old one began after EMFILE (S-2).
#[test]
fn a_new_process_does_not_inherit_the_accept_pause_s2() {
    let link = "server=go&server-fds=7&service=60s&service-dist=fixed&rtt=0s&timeout=0s&keepalive=off&duration=5s\
                &2s.listening=off&2100ms.listening=on";
    // One descriptor: from 0 on the loop sleeps 5, 10, ... 640 ms, 1 s: until 2.275 s.
    let accepted = rises(link, arrivals(&[0.0, 0.0, 2200.0]), |report| report.connections.accepted);
    assert_eq!(accepted, [0.0, 2200.0]);
}

/// Server.WriteTimeout 50 ms and 100 ms of work: the handler is not interrupted, its response cannot be written, and
/// the client gets EOF when it ends (S-6, G22).
#[test]
fn a_response_after_write_timeout_is_an_eof_s6_g22() {
    let link = "server=go&service=100ms&service-dist=fixed&rtt=0s&timeout=0s&duration=1s";
    for (limit, error) in
        [("50ms", Some(ErrorKind::Eof)), ("99ms", Some(ErrorKind::Eof)), ("101ms", None), ("0s", None)]
    {
        let sim = sim_with(&format!("{link}&write-timeout={limit}"), arrivals(&[0.0]));
        assert_eq!(outcomes(&sim), [(100.0, error)], "{limit}");
        let report = sim.report();
        assert_eq!((report.server.handlers_started, report.server.busy_ms), (1, 100.0), "{limit}");
        // The request was read: FIN, no RST (T-37).
        let closed = u64::from(error.is_some());
        assert_eq!((report.connections.server_closes, report.nstat.TcpOutRsts), (closed, 0), "{limit}");
    }
}

/// On a reused connection that EOF is replayed (C-28): the slow handler runs twice for one GET, once for one POST.
#[test]
fn write_timeout_makes_a_get_run_twice_s6_c28() {
    for (method, handlers, ended) in [("GET", 3, 100.0 + 100.0 + 100.0), ("POST", 2, 100.0 + 100.0)] {
        let link = format!("server=go&rtt=0s&timeout=0s&write-timeout=50ms&duration=1s&method={method}");
        let sim = sim_with(&link, recorded(&[0.0, 100.0], &[10.0, 100.0, 100.0]));
        assert_eq!(outcomes(&sim), [(10.0, None), (ended, Some(ErrorKind::Eof))], "{method}");
        assert_eq!(sim.report().server.handlers_started, handlers, "{method}");
    }
}

/// The clock of WriteTimeout starts when the request is read. What waits for a worker inside the program has been read;
/// what waits in the accept queue has not.
#[test]
fn write_timeout_counts_the_wait_inside_the_program_s6() {
    for (server, second) in [("go", Some(ErrorKind::Eof)), ("workers", None)] {
        let link = format!(
            "server={server}&workers=1&service=40ms&service-dist=fixed&rtt=0s&timeout=0s&keepalive=off\
             &write-timeout=50ms&duration=1s"
        );
        let sim = sim_with(&link, arrivals(&[0.0, 0.0]));
        assert_eq!(outcomes(&sim), [(40.0, None), (80.0, second)], "{server}");
    }
}

/// ReadHeaderTimeout closes a connection on which no request has come, counted from accept(); to idle connections it
/// does nothing, whether or not they were new for long (S-6).
#[test]
fn read_header_timeout_closes_unused_connections_only_s6() {
    let link = IDLE_AND_NEW.replace("duration=10s&stop=shutdown", "duration=5s&read-header-timeout=700ms");
    let closes = |at: &[f64]| rises(&link, arrivals(at), |report| report.connections.server_closes);
    assert_eq!(closes(&A_AND_B), [300.0 + 700.0]);
    // C and D come together at 500, so that the second connection is used.
    assert_eq!(closes(&[0.0, 150.0, 500.0, 500.0]), [0.0; 0]);
    // Its limit from then on is Server.IdleTimeout, though the timer of the longer limit still runs.
    let both =
        format!("{link}&server-idle-timeout=200ms").replace("read-header-timeout=700ms", "read-header-timeout=60s");
    let closes = rises(&both, arrivals(&[0.0, 150.0, 400.0, 400.0]), |report| report.connections.server_closes);
    assert_eq!(closes, [460.0 + 200.0, 460.0 + 200.0]);
}
