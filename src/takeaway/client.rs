//! The client as a Go program: the Transport's fields, and a retry loop if the scenario has one.

use std::collections::BTreeSet;

use super::go::{duration, factor, file, statements};
use crate::params::{Backoff, GoVersion, Jitter, Method, Params};
use crate::quantity::Percent;
use crate::scenario::Scenario;

/// The program.
pub(super) fn program(link: &str, scenario: &Scenario) -> String {
    let params = &scenario.params;
    let mut imports = BTreeSet::from(["bytes", "context", "fmt", "io", "log", "net", "net/http", "os", "time"]);
    let mut parts = vec![main(params), new_client(params), send(params), exchange()];
    let mut add = |condition: bool, part: String, needs: &[&'static str]| {
        if condition {
            parts.push(part);
            imports.extend(needs);
        }
    };
    add(params.breaker != Percent::ZERO, breaker(params), &["errors", "sync"]);
    add(has_budget(params), budget(params), &["sync"]);
    let waits = params.retries > 0 && params.backoff != Backoff::None;
    add(waits, pause(params), if params.jitter == Jitter::None { &[] } else { &["math/rand/v2"] });
    if params.idempotency_key {
        imports.insert("crypto/rand");
    }
    let used = parts.join("\n");
    imports.retain(|path| *path != "time" || used.contains("time."));
    file("client", link, &imports, &parts)
}

fn has_budget(params: &Params) -> bool {
    params.retries > 0 && params.retry_budget != Percent::ZERO
}

fn main(params: &Params) -> String {
    let (method, body) = match params.method {
        Method::Get => ("http.MethodGet", "nil"),
        Method::Post => ("http.MethodPost", "[]byte(\"{}\")"),
    };
    format!(
        r#"func main() {{
	if len(os.Args) != 2 {{
		log.Fatal("usage: client http://host:port/")
	}}
	answer, err := send(context.Background(), newClient(), {method}, os.Args[1], {body})
	if err != nil {{
		log.Fatal(err)
	}}
	fmt.Printf("%s", answer)
}}
"#
    )
}

fn new_client(params: &Params) -> String {
    let default = Params::default();
    let line = |code: String, changed: Option<String>| (code, changed);
    let was = |changed: bool, default: String| changed.then(|| format!("default {default}"));
    let count = |name: &str, now: u32, default: u32| {
        line(format!("transport.{name} = {now}"), was(now != default, default.to_string()))
    };
    // Go reads 0 as 2.
    let idle = match params.idle {
        0 => line("transport.MaxIdleConnsPerHost = -1".into(), Some("keeps none; default 2".into())),
        now => count("MaxIdleConnsPerHost", now, default.idle),
    };
    let mut lines = vec![
        line("transport := http.DefaultTransport.(*http.Transport).Clone()".into(), None),
        line("transport.ForceAttemptHTTP2 = false".into(), Some("ConnLab models HTTP/1.1".into())),
        line(
            format!("transport.DialContext = (&net.Dialer{{Timeout: {}}}).DialContext", duration(params.dial_timeout)),
            was(params.dial_timeout != default.dial_timeout, default.dial_timeout.to_string()),
        ),
        idle,
        count("MaxIdleConns", params.max_idle, default.max_idle),
        count("MaxConnsPerHost", params.max_conns, default.max_conns),
        line(
            format!("transport.IdleConnTimeout = {}", duration(params.idle_timeout)),
            was(params.idle_timeout != default.idle_timeout, default.idle_timeout.to_string()),
        ),
        line(
            format!("transport.ResponseHeaderTimeout = {}", duration(params.header_timeout)),
            was(params.header_timeout != default.header_timeout, "none".into()),
        ),
    ];
    if !params.keepalive {
        lines.push(line("transport.DisableKeepAlives = true".into(), Some("default false".into())));
    }
    let timeout = match params.timeout.non_zero() {
        Some(timeout) => format!(", Timeout: {}", duration(timeout)),
        None => String::new(),
    };
    let built_with = match params.go {
        GoVersion::Go1_27 => String::new(),
        old => format!("// In the run it is built with Go {}, which behaves differently.\n", old.name()),
    };
    format!(
        "// newClient makes a client. One for the whole program: it holds the idle connections.\n{built_with}\
         func newClient() *http.Client {{\n{}\treturn &http.Client{{Transport: transport{timeout}}}\n}}\n",
        statements(&lines)
    )
}

/// The call with its deadline, its idempotency key and its retries.
fn send(params: &Params) -> String {
    let mut start = String::new();
    if let Some(deadline) = params.deadline.non_zero() {
        start += &format!("\tctx, cancel := context.WithTimeout(ctx, {})\n\tdefer cancel()\n", factor(deadline));
    }
    if params.idempotency_key {
        start += "\tkey := cryptorand.Text() // the same for all attempts\n";
    }
    if has_budget(params) {
        start += "\tretries.earn()\n";
    }
    let attempt =
        if params.breaker == Percent::ZERO { "exchange(client, request)" } else { "guarded(client, request)" };
    let body = if params.retries == 0 {
        format!("{}\treturn {attempt}\n", request(params, "\t"))
    } else {
        retry_loop(params, attempt)
    };
    let about = match params.retries {
        0 => "// send makes a request and returns the answer's body.\n".to_string(),
        n => format!(
            "// send makes a request, tries again up to {n} times, and returns the answer's body. It repeats whatever \
             has\n// failed, as the run does; leave out what must not happen twice.\n"
        ),
    };
    format!(
        "{about}func send(ctx context.Context, client *http.Client, method, url string, body []byte) ([]byte, error) \
         {{\n{start}{body}}}\n"
    )
}

fn request(params: &Params, indent: &str) -> String {
    let body = match params.streams_body() {
        // Another type than bytes.Reader: net/http does not know how to rewind it.
        true => "struct{ io.Reader }{bytes.NewReader(body)}",
        false => "bytes.NewReader(body)",
    };
    let key = match params.idempotency_key {
        true => format!("{indent}request.Header.Set(\"Idempotency-Key\", key)\n"),
        false => String::new(),
    };
    format!(
        "{indent}request, err := http.NewRequestWithContext(ctx, method, url, {body})\n{indent}if err != nil {{\n\
         {indent}\treturn nil, err\n{indent}}}\n{key}"
    )
}

fn retry_loop(params: &Params, attempt: &str) -> String {
    let budget = if has_budget(params) { " || !retries.spend()" } else { "" };
    let waits = params.backoff != Backoff::None;
    let (declared, wait) = match waits {
        true => (
            "\tvar wait time.Duration\n",
            "\t\twait = pause(retry, wait)\n\t\tselect {\n\t\tcase <-time.After(wait):\n\t\tcase <-ctx.Done():\n\
             \t\t\treturn nil, ctx.Err()\n\t\t}\n",
        ),
        false => ("", ""),
    };
    format!(
        "{declared}\tfor retry := 0; ; retry++ {{\n{}\t\tanswer, err := {attempt}\n\
         \t\tif err == nil || ctx.Err() != nil || retry == {}{budget} {{\n\
         \t\t\treturn answer, err\n\t\t}}\n{wait}\t}}\n",
        request(params, "\t\t"),
        params.retries
    )
}

fn exchange() -> String {
    r"// exchange reads the whole answer, so that the connection can be used again.
func exchange(client *http.Client, request *http.Request) ([]byte, error) {
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}
"
    .to_string()
}

/// The wait before a retry, as [`crate::params::Jitter`] describes it.
fn pause(params: &Params) -> String {
    let (base, cap) = (duration(params.backoff_base), duration(params.backoff_cap));
    let grows = params.backoff == Backoff::Exp;
    let decorrelated = grows && params.jitter == Jitter::Decorrelated;
    let mut body = format!("\tconst base = {base}\n");
    if grows {
        body += &format!("\tconst longest = {cap}\n");
    }
    if decorrelated {
        body += "\tif retry == 0 {\n\t\tprevious = base\n\t}\n\treturn min(longest, base+upTo(3*previous-base))\n";
    } else {
        body += match grows {
            true => "\twait := min(longest, time.Duration(base)<<retry)\n",
            false => "\twait := time.Duration(base)\n",
        };
        body += match params.jitter {
            Jitter::None => "\treturn wait\n",
            Jitter::Equal => "\treturn wait/2 + upTo(wait/2)\n",
            Jitter::Full | Jitter::Decorrelated => "\treturn upTo(wait)\n",
        };
    }
    let (retry, previous) = (if grows { "retry" } else { "_" }, if decorrelated { "previous" } else { "_" });
    let mut text = format!(
        "// pause is the wait before a retry, the first of which has number 0.\n\
         func pause({retry} int, {previous} time.Duration) time.Duration {{\n{body}}}\n"
    );
    if params.jitter != Jitter::None {
        text += r"
// upTo is a random part of d, so that who failed together does not come back together.
func upTo(d time.Duration) time.Duration {
	return rand.N(max(d, 0) + 1)
}
";
    }
    text
}

fn budget(params: &Params) -> String {
    format!(
        r"// retries may be a share of {} of all requests.
var retries = budget{{tokens: 10}}

type budget struct {{
	mu     sync.Mutex
	tokens float64
}}

// earn is called for each request.
func (b *budget) earn() {{
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tokens = min(b.tokens+{}, 1000)
}}

// spend tells whether there may be a retry.
func (b *budget) spend() bool {{
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tokens < 1 {{
		return false
	}}
	b.tokens--
	return true
}}
",
        params.retry_budget,
        params.retry_budget.as_fraction()
    )
}

fn breaker(params: &Params) -> String {
    format!(
        r#"// guarded turns requests away while the breaker is open.
func guarded(client *http.Client, request *http.Request) ([]byte, error) {{
	if !circuit.admits() {{
		return nil, errors.New("circuit breaker is open")
	}}
	answer, err := exchange(client, request)
	circuit.record(err != nil)
	return answer, err
}}

var circuit breaker

// breaker opens when {share} or more of the last 100 attempts have failed.
type breaker struct {{
	mu       sync.Mutex
	last     [100]bool // a ring; true is a failure
	attempts int
	failures int
	isOpen   bool
	probing  bool
	since    time.Time
}}

// admits tells whether a request may go out; after the open time one may, as a probe.
func (b *breaker) admits() bool {{
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.isOpen {{
		return true
	}}
	if b.probing || time.Since(b.since) < {open} {{
		return false
	}}
	b.probing = true
	return true
}}

// record takes the outcome of an admitted request.
func (b *breaker) record(failed bool) {{
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {{
	case b.probing && failed:
		b.probing, b.since = false, time.Now()
	case b.probing:
		b.isOpen, b.probing = false, false
	case b.isOpen:
		// Sent before it opened: nothing new.
	default:
		b.count(failed)
	}}
}}

func (b *breaker) count(failed bool) {{
	slot := &b.last[b.attempts%len(b.last)]
	if *slot {{
		b.failures--
	}}
	if failed {{
		b.failures++
	}}
	*slot = failed
	b.attempts++
	if b.attempts >= len(b.last) && b.failures >= {failures} {{
		b.last, b.attempts, b.failures = [100]bool{{}}, 0, 0
		b.isOpen, b.since = true, time.Now()
	}}
}}
"#,
        share = params.breaker,
        open = factor(params.breaker_open),
        failures = params.breaker.as_ppm().div_ceil(10_000)
    )
}
