//! `connlab ss`: the sockets at one instant.

use clap::Args;
use connlab::export;
use connlab::sim::Sim;
use connlab::sockets::{self, SocketHost};
use connlab::time::{SimDuration, SimTime};

use crate::progress::Meter;
use crate::recipe;

#[derive(Args)]
pub struct SsArgs {
    /// A link, its fragment or its query: 'p=incident&idle=100'
    #[arg(default_value = "")]
    link: String,
    /// The instant, as links write times: 3228ms; without it, the end of the run
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Print the world at that instant as JSON: connections, packets, queues, pools
    #[arg(long, conflicts_with_all = ["server", "client"])]
    json: bool,
    /// Only the server's sockets
    #[arg(long, conflicts_with = "client")]
    server: bool,
    /// Only this client host's sockets, counted from 1
    #[arg(long, value_name = "NUMBER")]
    client: Option<u16>,
}

/// Both hosts, or the one that was asked for, and the counters.
pub fn ss(args: &SsArgs) -> Result<String, String> {
    let mut sim = Sim::new(&recipe(&args.link).scenario);
    let at = match &args.at {
        Some(text) => {
            let time = SimDuration::parse(text).ok_or_else(|| format!("--at {text}: not a time (3228ms, 3.2s)"))?;
            SimTime::ZERO + time
        }
        None => sim.end(),
    };
    if at > sim.end() {
        return Err(format!("--at is after the run's end, {} s", sim.end().as_secs_f64()));
    }
    Meter::new("running").run(&mut sim, at, [0.0, 1.0]);
    let snapshot = sim.snapshot();
    if args.json {
        return export::json(&snapshot);
    }
    let clients = snapshot.clients.len();
    let client = match args.client {
        Some(number) if number == 0 || usize::from(number) > clients => {
            return Err(format!("--client {number}: there are {clients}, counted from 1"));
        }
        number => SocketHost::Client(number.unwrap_or(1) - 1),
    };
    let hosts = match (args.server, args.client) {
        (true, _) => vec![SocketHost::Server],
        (false, Some(_)) => vec![client],
        (false, None) => vec![client, SocketHost::Server],
    };
    Ok(hosts.into_iter().map(|host| sockets::text(&snapshot, host)).collect::<String>() + &sockets::counters(&snapshot))
}
