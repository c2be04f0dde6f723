//! Links as people write them: real names, numbers in many forms, slips, and what a chat program makes of a link. What
//! can be read is read without a word; what cannot is named, and never left out in silence.

use connlab::link::{self, decode, encode};
use connlab::params::{Kind, PARAMS};
use connlab::preset::PRESETS;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use super::links::{Case, cases, scenarios};

/// The canonical link, of a text that is read without a word.
fn silently(text: &str) -> String {
    let read = decode(text);
    assert_eq!(read.warnings, [], "{text}");
    encode(&read.recipe)
}

/// The canonical link and the only notice.
fn noticed(text: &str) -> (String, String) {
    let read = decode(text);
    let [warning] = &read.warnings[..] else { panic!("{text}: {:?}", read.warnings) };
    (encode(&read.recipe), warning.message.clone())
}

fn assert_notices(cases: &[(&str, &str, &str)]) {
    for (given, canonical, message) in cases {
        assert_eq!(noticed(given), (canonical.to_string(), message.to_string()), "{given}");
    }
}

#[test]
fn every_real_name_of_the_table_is_the_key() {
    for spec in PARAMS.iter().filter(|spec| !spec.full_name.is_empty()) {
        let stop = match spec.kind {
            Kind::Choice(names) => names[0].to_string(),
            Kind::Switch => "on".into(),
            _ => spec.stops()[1].to_string(),
        };
        let want = silently(&format!("{}={stop}", spec.key));
        let (_, parent) = spec.full_name.split_once('.').expect("a path");
        for name in [spec.full_name, spec.label, parent, &spec.full_name.to_lowercase(), &spec.key.to_uppercase()] {
            assert_eq!(silently(&format!("{name}={stop}")), want, "{name}");
            if spec.live {
                let change = silently(&format!("1.5s.{name}={stop}"));
                assert_eq!(change, silently(&format!("1500ms.{}={stop}", spec.key)), "{name}");
            }
        }
    }
}

#[test]
fn a_real_name_brings_the_meaning_it_has_in_the_real_world() {
    for (given, canonical) in [
        ("DisableKeepAlives=true", "v=1&keepalive=off"),
        ("http.Transport.DisableKeepAlives=false", "v=1"),
        ("MaxIdleConnsPerHost=-1", "v=1&idle=0"),
        ("MaxIdleConnsPerHost=0", "v=1"),
        ("ip_local_port_range=32768 33767", "v=1&ports=1000"),
        ("net.ipv4.ip_local_port_range=32768%0960999", "v=1"),
        ("net.ipv4.tcp_abort_on_overflow=1", "v=1&abort-on-overflow=on"),
        ("tcp_tw_reuse=off", "v=1&tw-reuse=0"),
        ("Server.IdleTimeout=1m30s", "v=1&server-idle-timeout=90s"),
        ("12s.Client.Timeout=1.5s", "v=1&12s.timeout=1500ms"),
    ] {
        assert_eq!(silently(given), canonical, "{given}");
    }
}

#[test]
fn numbers_are_read_in_the_forms_people_write() {
    for (given, canonical) in [
        ("rps=1e3", "v=1&rps=1000"),
        ("rps=1_000", "v=1&rps=1000"),
        ("rps=1,000", "v=1&rps=1000"),
        ("rps=10k", "v=1&rps=10000"),
        ("rps=500/s", "v=1&rps=500"),
        ("callers=2K", "v=1&callers=2000"),
        ("timeout=250MS", "v=1&timeout=250ms"),
        ("timeout=5 S", "v=1&timeout=5s"),
        ("timeout=5+s", "v=1&timeout=5s"),
        ("timeout=1m30s", "v=1&timeout=90s"),
        ("idle-timeout=0.1h", "v=1&idle-timeout=360s"),
        ("rtt=500\u{b5}s", "v=1&rtt=500us"),
        ("rtt=500%CE%BCs", "v=1&rtt=500us"),
        ("loss=0.5 %", "v=1&loss=0.5%"),
        ("loss=10%25", "v=1&loss=10%"),
        ("loss=.5", "v=1&loss=0.5%"),
        ("think-cv=0.0290", "v=1&think-cv=0.029"),
        ("timeout=off", "v=1&timeout=0s"),
        ("max-idle=no-limit", "v=1&max-idle=0"),
        ("idle-timeout=never", "v=1&idle-timeout=0s"),
        ("method=post&keepalive=No&load=CLOSED", "v=1&load=closed&method=POST&keepalive=off"),
    ] {
        assert_eq!(silently(given), canonical, "{given}");
    }
}

#[test]
fn a_value_finer_than_can_be_held_is_rounded_and_said_so() {
    assert_notices(&[
        ("think-cv=0.0296", "v=1&think-cv=0.03", "`think-cv=0.0296` is finer than can be held. Using 0.03."),
        ("rps=0.12345", "v=1&rps=0.123", "`rps=0.12345` is finer than can be held. Using 0.123."),
        ("idle=2.6", "v=1&idle=3", "`idle=2.6` is finer than can be held. Using 3."),
        ("5s.loss=0.00016%", "v=1&5s.loss=0.0002%", "`5s.loss=0.00016%` is finer than can be held. Using 0.0002%."),
        ("timeout=0.1ns", "v=1&timeout=0s", "`timeout=0.1ns` is finer than can be held. Using 0s: off."),
    ]);
}

#[test]
fn what_cannot_be_used_is_named_as_it_was_before_it_was_escaped() {
    assert_notices(&[
        ("loss=80%25", "v=1&loss=50%", "`loss=80%` is outside 0%..50%. Using 50%."),
        ("rps=1e30", "v=1&rps=100000", "`rps=1e30` is outside 0.1..100000 per second. Using 100000."),
        ("backlog=-5", "v=1&backlog=0", "`backlog=-5` is outside 0..65535. Using 0."),
        ("timeout=5", "v=1", "`timeout=5` has no unit: 5ms or 5s? Using 2s."),
        ("rtt=1,5ms", "v=1", "`rtt=1,5ms` can be read in two ways: 1.5 or 15? Using 1ms."),
        ("3s.rps=1,5", "v=1", "`3s.rps=1,5` can be read in two ways: 1.5 or 15? It is left out."),
    ]);
}

#[test]
fn a_slip_is_answered_with_what_was_meant() {
    assert_notices(&[
        ("idel=5", "v=1", "`idel` is not a parameter: did you mean idle? It is left out."),
        ("20s.rpss=5", "v=1", "`20s.rpss` is not a parameter: did you mean rps? It is left out."),
        (
            "MaxIdleConsPerHost=5",
            "v=1",
            "`MaxIdleConsPerHost` is not a parameter: did you mean MaxIdleConnsPerHost? It is left out.",
        ),
        (
            "IdleTimeout=5s",
            "v=1",
            "`IdleTimeout` is not a parameter: did you mean idle-timeout or Server.IdleTimeout? It is left out.",
        ),
        ("veiw=projector", "v=1", "`veiw` is not a parameter: did you mean view? It is left out."),
        ("p=incidnet", "v=1", "`p=incidnet` is not a preset: did you mean incident? Using the defaults."),
        ("load=clsoed", "v=1", "`load=clsoed` is not one of open, closed, burst: did you mean closed? Using open."),
        ("wibble=1", "v=1", "`wibble` is not a parameter. It is left out."),
        (
            "20.rps=5",
            "v=1",
            "`20.rps` is no time and parameter: 20 is not a time of the run such as 20s. It is left out.",
        ),
    ]);
}

#[test]
fn nothing_of_the_page_is_left_out_in_silence() {
    assert_notices(&[
        (
            "view=projektor",
            "v=1",
            "`view=projektor` is not one of workbench, projector, embed, start: did you mean projector? \
             Using workbench.",
        ),
        ("theme=drak", "v=1", "`theme=drak` is not one of system, light, dark: did you mean dark? Using system."),
        ("seed=who", "v=1", "`seed=who` is the seed of whoever runs it, which the page asks for. Using 1."),
        (
            "p=ports&seed=who",
            "v=1&p=ports",
            "`seed=who` is the seed of whoever runs it, which the page asks for. Using 1.",
        ),
        ("pin=abc", "v=1", "`pin=abc` has no effect: pin is kept for a later version."),
    ]);
    let page = decode("theme=Dark&view=PROJECTOR&t=5s");
    assert_eq!(page.warnings, []);
    assert_eq!(page.page, [("theme", "dark"), ("view", "projector"), ("t", "5s")].map(|(k, v)| (k.into(), v.into())));
    assert!(!page.names_a_run, "only how to show it");
}

#[test]
fn a_change_after_the_end_is_said_to_have_no_effect() {
    assert_notices(&[
        ("90s.rps=5", "v=1&90s.rps=5", "`90s.rps=5` has no effect: the load ends at 60s."),
        ("tail=10s&65s.rps=5", "v=1&tail=10s&65s.rps=5", "`65s.rps=5` has no effect: the load ends at 60s."),
        ("tail=10s&70s.retries=5", "v=1&tail=10s&70s.retries=5", "`70s.retries=5` has no effect: the run ends at 70s."),
        // The preset's own.
        (
            "p=two-idle&20s.service=50ms&duration=20s",
            "v=1&p=two-idle&duration=20s&20s.service=50ms",
            "`20s.service=50ms` has no effect: the run ends at 20s.",
        ),
    ]);
    silently("tail=10s&65s.retries=5");
}

#[test]
fn every_preset_opens_from_a_chat() {
    for preset in PRESETS {
        let link = format!("p={}&loss=0.5%&7s.timeout=3s", preset.name);
        let want = encode(&decode(&link).recipe);
        let once = utf8_percent_encode(&link, NON_ALPHANUMERIC).to_string();
        let twice = utf8_percent_encode(&once, NON_ALPHANUMERIC).to_string();
        for escaped in [&once, &twice, &link.replace('&', "&amp;"), &link.replace('%', "%25")] {
            for address in ["", "https://example.org/lab/#", "https://example.org/lab/?", "https://example.org/%23"] {
                for (before, behind) in [("", ""), ("<", ">"), ("(", ")."), ("", "%29")] {
                    let text = format!("{before}{address}{escaped}{behind}");
                    assert_eq!(encode(&decode(&text).recipe), want, "{text}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn a_link_survives_being_escaped_over_and_over(Case(scenario) in scenarios(&[]), times in 1..4usize) {
        let text = encode(&scenario.into());
        let mut escaped = text.clone();
        for _ in 0..times {
            escaped = utf8_percent_encode(&escaped, NON_ALPHANUMERIC).to_string();
        }
        prop_assert_eq!(encode(&decode(&escaped).recipe), text, "{}", escaped);
    }

    #[test]
    fn what_was_unescaped_once_stays_as_it_is(text in any::<String>()) {
        let plain = link::plain(&text);
        prop_assert_eq!(link::plain(&plain), plain);
    }

    /// Whatever number stands there, what is used is the nearest that can be held, and its link is stable.
    #[test]
    fn a_number_becomes_the_nearest_that_can_be_held(whole in 0..10u32, digits in "[0-9]{1,9}") {
        let text = format!("service-cv={whole}.{digits}");
        let read = decode(&text);
        let written = format!("{whole}.{digits}").parse::<f64>().unwrap();
        let held = read.recipe.scenario.params.service_cv;
        prop_assert!((held.as_f64() - written).abs() <= 0.000_500_001, "{}: {}", text, held);
        let is_exact = digits.trim_end_matches('0').len() <= 3;
        prop_assert_eq!(read.warnings.is_empty(), is_exact, "{}", text);
        let canonical = encode(&read.recipe);
        prop_assert_eq!(encode(&decode(&canonical).recipe), canonical);
    }
}
