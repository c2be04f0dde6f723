//! The commands that show a class of errors in production.

use crate::sim::error::ErrorKind::{self, *};

/// Shell lines to run while it happens, each with what to look for.
pub fn watch(class: ErrorKind) -> &'static str {
    match class {
        Reset => {
            "ss -lnt                             # server: Recv-Q above Send-Q is an accept queue that is full\n\
             nstat -az TcpExtListenOverflows TcpExtEmbryonicRsts TcpExtTCPAbortOnClose # server: which grows\n"
        }
        Eof | ServerClosedIdle | BrokenConnection => {
            "ss -tno state established           # client: how long idle connections live; compare both sides' limits\n\
             ss -tn state close-wait             # client: ended by the server, not yet noticed\n"
        }
        WriteReset | BrokenPipe => {
            "nstat -az TcpEstabResets TcpExtTCPAbortOnData TcpExtTCPAbortOnClose # both: who throws connections away\n\
             ss -tn state close-wait             # client: ended by the server, not yet noticed\n"
        }
        Closed | ClientTimeout | Deadline | HeaderTimeout | Canceled => {
            "ss -lnt                             # server: Recv-Q is the length of the accept queue\n\
             ss -tn state established | wc -l    # both sides: more on the client are half-accepted ones\n\
             nstat -az TcpExtListenOverflows TcpExtTCPReqQFullDrop               # server: grows when queues are full\n"
        }
        DialTimeout | ConnectTimeout => {
            "ss -tn state syn-sent | wc -l       # client: connect() calls without an answer\n\
             nstat -az TcpExtListenOverflows TcpExtListenDrops                   # server: SYNs it dropped\n\
             nstat -az TcpExtTCPSynRetrans TcpExtTCPTimeouts                     # client: SYNs it repeated\n"
        }
        Refused => {
            "ss -lnt                             # server: is anything listening on the port?\n\
             nstat -az TcpOutRsts TcpAttemptFails                                # server, client: refusals\n"
        }
        Ports => {
            "ss -tan state time-wait | wc -l     # client: near the number of ports\n\
             sysctl net.ipv4.ip_local_port_range net.ipv4.tcp_tw_reuse\n\
             nstat -az TcpExtTW TcpActiveOpens                                   # client: both grow together\n"
        }
        ClientFds => {
            "ls /proc/$PID/fd | wc -l            # client: near the limit\n\
             grep 'open files' /proc/$PID/limits\n"
        }
        BreakerOpen => {
            "ss -tn state syn-sent | wc -l       # client: then look at the errors that opened the breaker\n"
        }
    }
}
