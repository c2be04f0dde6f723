//! Lines that speak of an error and are none: commit messages, changelogs, comments, source code, names of tests.

/// What a line of source code, or a comment in it, begins with.
const CODE: [&str; 30] = [
    "//",
    "/*",
    "<!--",
    "if ",
    "} else",
    "case ",
    "switch ",
    "return ",
    "var ",
    "const ",
    "let ",
    "func ",
    "fn ",
    "def ",
    "import ",
    "except ",
    "catch ",
    "} catch",
    "raise ",
    "throw ",
    "assert.",
    "assert(",
    "assert_",
    "require.",
    "expect(",
    "it(",
    "test(",
    "describe(",
    "log.Print",
    "log.Fatal",
];

/// Calls that only source code has.
const CALLS: [&str; 8] = [
    "t.Run(",
    "errors.New(",
    "errors.Is(",
    "errors.As(",
    "fmt.Errorf(",
    "strings.Contains(",
    ".ErrorContains(",
    "new Error(",
];

/// What the name of a test that has passed, or has only begun, stands behind.
const TESTS: [&str; 6] = ["--- PASS", "=== RUN", "=== CONT", "✓ ", "✔ ", "PASSED "];

/// Comments, items of a list to do, and headings.
const REMARKS: [&str; 5] = ["# ", "-- ", "; ", "[x] ", "[ ] "];

/// Kinds of commits (Conventional Commits) and the sections of a changelog.
const KINDS: [&str; 18] = [
    "fix",
    "feat",
    "chore",
    "docs",
    "doc",
    "refactor",
    "test",
    "tests",
    "perf",
    "build",
    "ci",
    "style",
    "revert",
    "fixed",
    "added",
    "changed",
    "removed",
    "deprecated",
];

/// Keys of a configuration, or of a text about an error, whose value has not happened.
const KEYS: [&str; 9] = ["title", "subject", "expected", "want", "expr", "alert", "retry_on", "retryon", "retryable"];

/// Whether a line only speaks of errors. Where it could be either, one that has an address or a time is an error:
/// nobody writes `dial tcp 10.0.0.5:80` into a changelog.
pub(super) fn only_speaks(line: &str) -> bool {
    let text = line.strip_prefix(['-', '*', '+', '•']).and_then(|item| item.strip_prefix(' ')).unwrap_or(line);
    if is_code(text) || is_code(behind_place(text)) || is_zero(text) {
        return true;
    }
    let begins = |starts: &[&str]| starts.iter().any(|start| text.starts_with(start));
    !has_address(text) && (begins(&TESTS) || begins(&REMARKS) || is_commit(text) || is_reference(text) || has_key(text))
}

fn is_code(text: &str) -> bool {
    CODE.iter().any(|start| text.starts_with(start)) || CALLS.iter().any(|call| text.contains(call))
}

/// Behind `client.go:42:`, as `grep -n` prints it.
fn behind_place(text: &str) -> &str {
    let mut parts = text.splitn(3, ':');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(path), Some(line), Some(rest)) if !path.contains(' ') && line.parse::<u32>().is_ok() => rest.trim_start(),
        _ => text,
    }
}

/// A sample of a metric, `errors_total{reason="EOF"} 0`: none has happened.
fn is_zero(text: &str) -> bool {
    text.ends_with("} 0")
}

/// An address with a port, a URL, both ends of a connection, or a time of day.
fn has_address(text: &str) -> bool {
    let with_port = |word: &str| {
        let word = word.trim_end_matches([':', ',', ')']);
        let ends = word.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        ends && word.starts_with(|c: char| c.is_ascii_digit() || c == '[')
    };
    text.contains("://") || text.contains("->") || text.split(' ').any(with_port)
}

/// `fix(client)!: ` and whatever follows.
fn is_commit(text: &str) -> bool {
    let Some((kind, _)) = text.split_once(": ") else { return false };
    let kind = kind.trim_end_matches('!');
    let kind = kind.split_once('(').filter(|(_, scope)| scope.ends_with(')')).map_or(kind, |(kind, _)| kind);
    KINDS.iter().any(|known| known.eq_ignore_ascii_case(kind))
}

/// `Fixes #123`.
fn is_reference(text: &str) -> bool {
    let mut words = text.split(' ');
    let verb = words.next().unwrap_or_default().to_ascii_lowercase();
    let closes = ["fix", "close", "resolve", "ref", "see"].iter().any(|known| verb.starts_with(known));
    closes && words.next().is_some_and(|number| number.starts_with('#'))
}

/// `title: "..."`.
fn has_key(text: &str) -> bool {
    let Some((key, _)) = text.split_once(':') else { return false };
    let key = key.trim_matches(['"', '\'', ' ']);
    KEYS.iter().any(|known| known.eq_ignore_ascii_case(key))
}

/// `cat > a.txt <<EOF`: the word that ends what follows is no error.
pub(super) fn opens_here_document(line: &str) -> bool {
    line.split_once("<<").is_some_and(|(_, word)| word.trim_start_matches(['-', '"', '\'']).starts_with("EOF"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_or_a_time_makes_an_error_of_what_could_be_a_remark() {
        for line in [
            "fix: EOF",
            "- fix(pool)!: broken pipe",
            "Fixes #12: connection refused",
            "# connection refused",
            "title: \"connection reset by peer\"",
            "client.go:42: // connection refused",
            "return errors.New(\"EOF\") // dial tcp 10.0.0.5:80",
            "errors_total{reason=\"EOF\"} 0",
        ] {
            assert!(only_speaks(line), "{line}");
        }
        for line in [
            "test: Post \"http://a/\": EOF",
            "build: dial tcp 10.0.0.5:80: connect: connection refused",
            "main.go:42: Get \"http://a/\": EOF",
            "--- FAIL: TestX (0.14s): Get \"http://a/\": EOF",
            "fetch: EOF",
            "- Get \"http://a/\": EOF",
            "error: EOF",
            "errors_total{reason=\"EOF\"} 10",
        ] {
            assert!(!only_speaks(line), "{line}");
        }
    }

    #[test]
    fn a_here_document_is_opened_by_its_word() {
        assert!(["cat <<EOF", "cat > a <<'EOF'", "tee a <<-\"EOF\""].iter().all(|line| opens_here_document(line)));
        assert!(!["EOF", "a << b", "<<END"].iter().any(|line| opens_here_document(line)));
    }
}
