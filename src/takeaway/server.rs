//! The server as a Go program: http.Server's time limits, its workers, its accept queue.

use std::collections::BTreeSet;

use super::go::{duration, file, statements};
use crate::params::{Params, ServerKind, Stop};
use crate::scenario::Scenario;

/// The program.
pub(super) fn program(link: &str, scenario: &Scenario) -> String {
    let params = &scenario.params;
    let mut imports = BTreeSet::from(["fmt", "log", "net", "net/http", "time"]);
    let mut parts = vec![main(params), handler(params)];
    if params.checks_context {
        imports.insert("context");
    }
    if params.stop == Stop::Shutdown {
        imports.extend(["context", "errors", "os/signal", "syscall"]);
    }
    if sets_backlog(params) {
        parts.push(SET_BACKLOG.to_string());
        imports.insert("syscall");
    }
    if params.server == ServerKind::Workers {
        parts.push(LIMIT_LISTENER.to_string());
        imports.insert("sync");
    }
    file("server", link, &imports, &parts)
}

/// net.Listen asks for somaxconn; more than that has no effect, less has to be said.
fn sets_backlog(params: &Params) -> bool {
    params.backlog < params.somaxconn
}

fn main(params: &Params) -> String {
    let mut body = "\tserver := &http.Server{Handler: http.HandlerFunc(handle)}\n".to_string();
    let limits = [
        ("ReadHeaderTimeout", params.read_header_timeout, "a connection without a request is closed"),
        ("WriteTimeout", params.write_timeout, "an answer that is later is lost"),
        ("IdleTimeout", params.server_idle_timeout, "the client's IdleConnTimeout must be shorter"),
    ];
    let lines: Vec<_> = (limits.into_iter().filter(|(_, limit, _)| !limit.is_zero()))
        .map(|(name, limit, comment)| (format!("server.{name} = {}", duration(limit)), Some(comment.to_string())))
        .collect();
    body += &statements(&lines);
    if params.max_requests > 0 {
        body += &format!(
            "\t// http.Server has no limit of {} requests per connection; proxies have (nginx: keepalive_requests).\n",
            params.max_requests
        );
    }
    body += "\tlistener, err := net.Listen(\"tcp\", \":8080\")\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n";
    if sets_backlog(params) {
        body +=
            &format!("\tif err := setBacklog(listener, {}); err != nil {{\n\t\tlog.Fatal(err)\n\t}}\n", params.backlog);
    }
    if params.server == ServerKind::Workers {
        body += &format!("\tlistener = &limitListener{{listener, make(chan struct{{}}, {})}}\n", params.workers);
    }
    body += match params.stop {
        Stop::Kill => "\tlog.Fatal(server.Serve(listener))\n",
        Stop::Shutdown => SERVE_AND_SHUT_DOWN,
    };
    format!("func main() {{\n{body}}}\n")
}

/// A handler whose work is a stand-in.
fn handler(params: &Params) -> String {
    let mut text = String::new();
    let bounded = params.server == ServerKind::Go;
    if bounded {
        text += &format!(
            "// workers has a place for each request that is worked on.\nvar workers = make(chan struct{{}}, {})\n\n",
            params.workers
        );
    }
    let take = match (bounded, params.checks_context) {
        (false, _) => "",
        (true, false) => "\tworkers <- struct{}{}\n\tdefer func() { <-workers }()\n",
        (true, true) => {
            "\tselect {\n\tcase workers <- struct{}{}:\n\tcase <-r.Context().Done():\n\
             \t\treturn // nobody waits for it\n\
             \t}\n\tdefer func() { <-workers }()\n"
        }
    };
    let (argument, call) = if params.checks_context { ("ctx context.Context", "r.Context()") } else { ("", "") };
    let work = match params.checks_context {
        true => {
            format!("\tselect {{\n\tcase <-time.After({}):\n\tcase <-ctx.Done():\n\t}}\n", duration(params.service))
        }
        false => format!("\ttime.Sleep({})\n", duration(params.service)),
    };
    text += &format!(
        "func handle(w http.ResponseWriter, {}) {{\n{take}\twork({call})\n\tfmt.Fprintln(w, \"ok\")\n}}\n\n\
         // work stands for yours: {} on average.\nfunc work({argument}) {{\n{work}}}\n",
        if params.checks_context { "r *http.Request" } else { "_ *http.Request" },
        params.service
    );
    text
}

const SERVE_AND_SHUT_DOWN: &str = r"	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	finished := make(chan error, 1)
	go func() {
		<-ctx.Done()
		finished <- server.Shutdown(context.Background())
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
	if err := <-finished; err != nil {
		log.Fatal(err)
	}
";

const SET_BACKLOG: &str = r"// setBacklog calls listen() again: net.Listen always asks for net.core.somaxconn.
func setBacklog(listener net.Listener, backlog int) error {
	socket, err := listener.(*net.TCPListener).SyscallConn()
	if err != nil {
		return err
	}
	var result error
	if err := socket.Control(func(fd uintptr) { result = syscall.Listen(int(fd), backlog) }); err != nil {
		return err
	}
	return result
}
";

const LIMIT_LISTENER: &str = r"// limitListener holds a slot for each connection from Accept to Close, idle ones too, as
// golang.org/x/net/netutil.LimitListener does.
type limitListener struct {
	net.Listener
	slots chan struct{}
}

func (l *limitListener) Accept() (net.Conn, error) {
	l.slots <- struct{}{}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &limitConn{conn, sync.OnceFunc(func() { <-l.slots })}, nil
}

type limitConn struct {
	net.Conn
	release func()
}

func (c *limitConn) Close() error {
	defer c.release()
	return c.Conn.Close()
}
";
