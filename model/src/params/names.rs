//! The names of parameters, as people write them, and what a name that is none may have been meant to be.

use super::{PARAMS, ParamId, ParamSpec};

/// Distances up to a third of the word are a slip, or one letter.
const LETTERS_PER_SLIP: usize = 3;

/// The parameter that a name means: its link key, its real name, or that name in full or its last parts, in capitals or
/// not and however its words are joined. `None` if it means none, or more than one.
#[inline]
pub fn param(name: &str) -> Option<ParamId> {
    if let Some(param) = ParamId::with_key(name) {
        return Some(param);
    }
    let key = name.replace(['_', ' '], "-");
    if let Some(spec) = PARAMS.iter().find(|spec| spec.key.eq_ignore_ascii_case(&key)) {
        return Some(spec.id);
    }
    let word = bare(name);
    let mut specs = PARAMS.iter().filter(|spec| names(spec).any(|known| bare(known) == word));
    specs.next().filter(|_| !word.is_empty() && specs.next().is_none()).map(|spec| spec.id)
}

/// What `keepalive` is called the other way round.
const INVERTED: (&str, &str) = ("keepalive", "http.Transport.DisableKeepAlives");

/// Whether this name says the contrary of the row's key.
#[inline]
pub fn is_inverted(spec: &ParamSpec, name: &str) -> bool {
    spec.key == INVERTED.0 && bare(name).ends_with("disablekeepalives")
}

/// All names of a row: `idle`, `MaxIdleConnsPerHost`, `http.Transport.MaxIdleConnsPerHost`,
/// `Transport.MaxIdleConnsPerHost`.
#[inline]
fn names(spec: &'static ParamSpec) -> impl Iterator<Item = &'static str> {
    let full_name = if spec.key == INVERTED.0 { INVERTED.1 } else { spec.full_name };
    let parts = std::iter::successors(Some(full_name), |name| name.split_once('.').map(|(_, rest)| rest));
    [spec.key, spec.label].into_iter().chain(parts)
}

/// A name without what joins its words.
#[inline]
fn bare(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// `: did you mean idle?`, or nothing, for a name that is no parameter; `others` are known as well.
#[inline]
pub fn did_you_mean_row(name: &str, others: &[&'static str]) -> String {
    let word = bare(name);
    let rows = PARAMS.iter().flat_map(|spec| {
        // Of a full name's last parts, such as Timeout, one is as near to a slip as another.
        let close = names(spec).filter(|name| [spec.key, spec.label].contains(name) || bare(name) == word);
        close.map(|name| (name, if name == spec.key { spec.key } else { spec.label }))
    });
    nearest(name, rows.chain(others.iter().map(|name| (*name, *name))))
}

/// `: did you mean incident?`, or nothing, for a word that is none of these.
#[inline]
pub fn did_you_mean<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    nearest(word, known.map(|name| (name, name)))
}

/// The names that are a slip away from what was written, as they are shown: the nearest ones, at most three.
#[inline]
fn nearest<'a>(word: &str, known: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let word = bare(word);
    let (mut least, mut found) = (word.chars().count().div_ceil(LETTERS_PER_SLIP), Vec::new());
    for (name, shown) in known {
        let name = bare(name);
        let distance = strsim::osa_distance(&word, &name);
        // Of a short word, not half may be different.
        if distance > least || distance * 2 >= name.chars().count() || found.contains(&shown) {
            continue;
        }
        if distance < least {
            least = distance;
            found.clear();
        }
        found.push(shown);
    }
    found.truncate(3);
    if found.is_empty() { String::new() } else { format!(": did you mean {}?", found.join(" or ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_goes_by_its_real_names() {
        for (name, key) in [
            ("MaxIdleConnsPerHost", "idle"),
            ("maxidleconnsperhost", "idle"),
            ("http.Transport.MaxIdleConnsPerHost", "idle"),
            ("Transport.IdleConnTimeout", "idle-timeout"),
            ("Client.Timeout", "timeout"),
            ("Timeout", "timeout"),
            ("Dialer.Timeout", "dial-timeout"),
            ("Server.IdleTimeout", "server-idle-timeout"),
            ("net.core.somaxconn", "somaxconn"),
            ("net.ipv4.tcp_tw_reuse", "tw-reuse"),
            ("tcp_tw_reuse", "tw-reuse"),
            ("IDLE", "idle"),
            ("idle_timeout", "idle-timeout"),
            ("jitter", "jitter"),
        ] {
            assert_eq!(param(name).map(|param| param.spec().key), Some(key), "{name}");
        }
    }

    #[test]
    fn a_name_that_means_two_parameters_means_none() {
        assert_eq!(param("IdleTimeout"), None);
        assert_eq!(did_you_mean_row("IdleTimeout", &[]), ": did you mean idle-timeout or Server.IdleTimeout?");
    }

    #[test]
    fn a_slip_of_the_pen_is_recognised() {
        for (written, meant) in [
            ("idel", ": did you mean idle?"),
            ("MaxIdleConsPerHost", ": did you mean MaxIdleConnsPerHost?"),
            ("somaxcon", ": did you mean somaxconn?"),
            ("timout", ": did you mean timeout?"),
            ("foo", ""),
            ("x", ""),
            ("", ""),
        ] {
            assert_eq!(did_you_mean_row(written, &[]), meant, "{written}");
        }
    }
}
