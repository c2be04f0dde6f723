//! What kernels log about sockets: Linux unless said.

use super::super::Confidence;
use super::super::sign::{Cause, Sign, When, signs, *};
use super::show;

signs! {
    Always ["ossible SYN flooding on port", "Dropping request"] {
        Certain KERNEL, "The listener's queue was full, and SYN cookies are off (tcp_syncookies=0): SYNs are dropped, clients \
            send them again after 1, 3, 7 s and then read `i/o timeout`. Hardly ever an attack: the program accepts too \
            slowly, or its backlog (or somaxconn) is too short.", open show::SYN_QUEUE;
    }
    Always ["ossible SYN flooding on port"] {
        Certain KERNEL, "The listener's queue was full, and the kernel answers further SYNs with cookies. Hardly ever an \
            attack: more connections came than the program accepts, or the backlog (or somaxconn) is too short. Clients \
            believe in connections that the server has no room for: they read time-outs, and after requests of two segments \
            `connection reset by peer`. Printed once for each listener: see TcpExtListenOverflows for how often.",
            open show::COOKIES;
    }
    Always ["TCP: drop open request from"] {
        Certain KERNEL, "The SYN queue is nearly full, SYN cookies are off (tcp_syncookies=0), and the kernel drops SYNs of callers that it does not know: \
            they send them again after 1, 3, 7 s.", open show::SYN_QUEUE;
    }
    Always ["_conntrack", "table full"] {
        Certain KERNEL, "The table of connections of the firewall, or of NAT, is full (nf_conntrack_max): packets of new \
            connections are dropped without a word, established ones go on. Clients wait for their SYN: `i/o timeout`. \
            Closed connections stay in the table for two minutes: fewer new connections, or a larger table.",
            open show::DIAL_TIMEOUT;
    }
    Always ["nf_conntrack", "dropping packet"] {
        Certain KERNEL, "The table of connections of the firewall, or of NAT, is full: packets of new connections are dropped, \
            and clients read `i/o timeout`.", open show::DIAL_TIMEOUT;
    }
    Always ["TCP: out of memory"] {
        Certain KERNEL, "All sockets together hold more than net.ipv4.tcp_mem allows: data is dropped, connections are reset. \
            Too many connections, or too many bytes that programs do not read or peers do not take. See `ss -s` and \
            /proc/net/sockstat.";
    }
    Always ["too many orphaned sockets"] {
        Certain KERNEL, "More connections than tcp_max_orphans are closed by their programs and not yet by the other side: new \
            ones of these are reset. Programs that close with data unsent, and peers that do not answer.";
    }
    Always ["too many of orphaned sockets"] {
        Certain KERNEL, "More connections than tcp_max_orphans are closed by their programs and not yet by the other side: new \
            ones of these are reset.";
    }
    Always ["time wait bucket table overflow"] {
        Certain KERNEL, "More sockets in TIME_WAIT than tcp_max_tw_buckets: the kernel forgets the surplus at once. Harmless \
            for most, but it says that this host closes very many connections: a pool that keeps too few idle ones \
            (MaxIdleConnsPerHost) comes near to `cannot assign requested address`.", open "p=ports";
    }
    Always ["Out of memory: Killed process"] {
        Certain KERNEL, "The kernel killed a process for lack of memory. Its connections are closed, those with unread data by \
            RST: clients read `EOF` or `connection reset by peer`, then `connection refused`.", open "p=restart";
    }
    Always ["invoked oom-killer"] {
        Certain KERNEL, "The machine, or a container's memory limit, had no memory left; the kernel kills a process next. Its \
            clients read `EOF` or `connection reset by peer`, then `connection refused`.", open "p=restart";
    }
    Always ["eighbo", "r table overflow"] {
        Certain KERNEL, "More neighbours than the ARP cache may hold (gc_thresh3): packets to new ones cannot be sent.";
    }
    Always ["Listen queue overflow", "already in queue"] by "FreeBSD" {
        Certain KERNEL, "FreeBSD's kernel: a listener's accept queue is full, and further connections are reset \
            (net.inet.tcp.syncache.rst_on_sock_fail): their callers read `connection reset by peer`. The program accepts \
            too slowly, or kern.ipc.soacceptqueue is too short.", open show::RESET_BY_BSD;
    }
    Always ["Too many open files", "file-max limit"] {
        Certain MACHINE, "The whole machine has no descriptor left (fs.file-max).";
    }
    Always ["VFS: file-max limit"] {
        Certain MACHINE, "The whole machine has no descriptor left (fs.file-max).";
    }
}
