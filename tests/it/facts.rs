//! Pasted outputs of tools: each is recognised by its form and read as it is meant.

use connlab::facts::{self, Facts};

/// What one output says: parts of its sentences, and the settings that follow.
struct Paste {
    name: &'static str,
    text: &'static str,
    says: &'static [&'static str],
    settings: &'static str,
}

macro_rules! paste {
    ($name:literal, $settings:literal, $($says:literal),+ $(,)?) => {
        Paste {
            name: $name,
            text: include_str!(concat!("../data/pastes/", $name, ".txt")),
            says: &[$($says),+],
            settings: $settings,
        }
    };
}

static PASTES: &[Paste] = &[
    paste!("ss-ltn-full", "somaxconn=128", "Recv-Q 129 of 128 + 1 on *:8080: accept queue full"),
    paste!(
        "ss-tan-client",
        "backlog=511",
        "Recv-Q 3 of 511 + 1 on 127.0.0.1:8080, the fullest of 2: there is room",
        "1 TIME_WAIT: no shortage of ports",
        "CLOSE_WAIT 1: your own process does not close",
        "SYN-SENT 1: connect() waits",
        "1 established connections hold bytes",
    ),
    paste!(
        "states-time-wait",
        "",
        "28,231 TIME_WAIT: ports nearly gone",
        "CLOSE_WAIT 340: your own process does not close",
    ),
    paste!("ss-s", "", "28,231 TIME_WAIT: ports nearly gone", "SYN-RECV 42: handshakes that are not finished"),
    paste!(
        "netstat-s-overflows",
        "",
        "5,191,585 listen overflows since boot",
        "5,191,585 SYNs to listening sockets dropped",
        "599,402 connections reset because data came after close()",
    ),
    paste!("nstat-cookies", "", "4,711 SYNs answered with a cookie", "No listen overflows"),
    paste!("proc-net-netstat", "", "77 listen overflows", "81 SYNs to listening sockets dropped"),
    paste!(
        "sysctls",
        "somaxconn=128&ports=1000&tw-reuse=1&syncookies=0",
        "net.core.somaxconn is 128. The default here is 4096.",
        "32768 to 33767: 1,000 ports",
        "tcp_fin_timeout is 60: that is FIN_WAIT2",
    ),
    paste!(
        "netstat-tan-busybox",
        "",
        "Recv-Q 6 on :::8080: as many connections wait for accept()",
        "SYN-RECV 1: handshakes",
    ),
];

fn settings(facts: &Facts) -> String {
    facts.settings().iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&")
}

#[test]
fn outputs_of_tools_are_read_as_they_are_meant() {
    for paste in PASTES {
        let found = facts::facts(paste.text);
        for part in paste.says {
            assert!(found.to_string().contains(part), "{}: no `{part}` in\n{found}", paste.name);
        }
        assert_eq!(settings(&found), paste.settings, "{}\n{found}", paste.name);
    }
}

#[test]
fn colours_line_ends_of_windows_and_quotation_change_nothing() {
    for paste in PASTES {
        let plain = facts::facts(paste.text);
        let dressed: String = paste.text.lines().map(|line| format!("> \x1b[1;32m{line}\x1b[0m\r\n")).collect();
        assert_eq!(facts::facts(&dressed), plain, "{}", paste.name);
    }
}

#[test]
fn several_outputs_in_one_paste_are_told_apart() {
    let whole: String = PASTES.iter().map(|paste| format!("$ true\n{}\n", paste.text)).collect();
    let found = facts::facts(&whole);
    for paste in PASTES {
        for part in paste.says {
            assert!(found.to_string().contains(part), "{}: no `{part}` in\n{found}", paste.name);
        }
    }
}

#[test]
fn a_queue_below_its_limit_is_no_trouble() {
    for (recv_q, send_q, level) in [
        (0, 128, facts::Level::Note),
        (128, 128, facts::Level::Note),
        (129, 128, facts::Level::Trouble),
        (1, 0, facts::Level::Trouble),
    ] {
        let found = facts::facts(&format!("LISTEN {recv_q} {send_q} [::]:80 [::]:*"));
        assert_eq!(found.found[0].level, level, "{recv_q} of {send_q}\n{found}");
    }
}

#[test]
fn other_texts_that_use_the_same_words_say_nothing() {
    for text in [
        "We saw many TIME_WAIT sockets and a Recv-Q of 129 yesterday.",
        "LISTEN to me 128 times",
        "  12 LISTEN\n   3 CLOSING",
        "Shop          Open   Closed\nBakery        8      18\nCLOSING 18",
        "Summary:\n  Total: 12 EUR\n",
        "5 times a day",
        "TcpExt is a group of counters",
        "net is a word",
        "",
        "\u{1b}[",
    ] {
        let found = facts::facts(text);
        assert!(found.is_empty(), "{text}\n{found}");
    }
}

#[test]
fn visitors_keep_their_own_settings() {
    let found = facts::facts(PASTES[0].text);
    assert_eq!(found.link("p=incident&workers=24").as_deref(), Some("v=1&p=incident&workers=24"));
    assert_eq!(found.link("rps=7&idle=3").as_deref(), Some("v=1&rps=7&idle=3&somaxconn=128"));
}
