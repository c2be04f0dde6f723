//! `connlab pcap`: the packets of a run as a capture file.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::Args;
use connlab::link;
use connlab::pcap::{Capture, Points, Selection, connections_of};
use connlab::sim::report::Report;
use connlab::sim::{Progress, Sim};
use connlab::time::{SimDuration, SimTime};

use crate::load::LoadArgs;
use crate::output::Output;
use crate::progress::{Meter, SLICE};
use crate::{recipe, warn};

#[derive(Args)]
pub struct PcapArgs {
    /// A link, its fragment or its query: 'p=incident&idle=100'
    #[arg(default_value = "")]
    link: String,
    /// Only the connections that the n-th request dialed or was given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    request: Option<u32>,
    /// Only the connection of the n-th dial
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), conflicts_with = "request")]
    connection: Option<u32>,
    /// Only packets from this instant on, as links write times: 3228ms
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Only packets up to this instant
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    #[command(flatten)]
    load: LoadArgs,
    /// Show each packet a second time, where it arrives; to be analysed one interface at a time
    #[arg(long)]
    both_ends: bool,
    /// The file to write; without it, standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs the link to know the run, and once more to write its packets down: with bounded memory, however many they are.
pub fn pcap(args: &PcapArgs) -> Result<(), String> {
    if args.output.is_none() && io::stdout().is_terminal() {
        return Err("a capture is no text for a terminal: give a file (-o incident.pcapng) or a pipe".into());
    }
    let recipe = recipe(&args.link);
    let (recording, late) = args.load.recording(&recipe.scenario)?;
    warn(late.as_slice());
    let mut sim = Sim::with_recording(&recipe.scenario, recording.clone());
    let end = sim.end();
    let from = instant("--from", args.from.as_deref(), SimTime::ZERO, end)?;
    let to = instant("--to", args.to.as_deref(), end, end)?;
    if from > to {
        return Err(format!("--from {} s is after --to {} s", from.as_secs_f64(), to.as_secs_f64()));
    }
    let meter = Meter::new("capturing");
    meter.run(&mut sim, end, [0.0, 0.4]);
    let report = sim.report();
    let connections = connections(args, &sim, &report, &meter)?;
    let points = if args.both_ends { Points::BothEnds } else { Points::Departures };
    let selection = Selection { connections, from, to, points };
    let link = link::encode(&recipe);
    let mut capture = Capture::new(&recipe.scenario, recording, selection, &link, &report.fingerprint);
    let mut output = Output::new(args.output.as_deref());
    let mut progress = Progress::Budget;
    while progress == Progress::Budget {
        progress = capture.advance(SLICE);
        // A file without packets is none: it is not even begun.
        if capture.packets() > 0 {
            output.write(&capture.take_bytes())?;
        }
        meter.is_at(0.5 + 0.5 * (capture.now().as_secs_f64() / to.as_secs_f64().max(f64::MIN_POSITIVE)).min(1.0));
    }
    match capture.packets() {
        0 => Err(format!("no packet {}", asked_for(args, from, to))),
        _ => output.finish(),
    }
}

/// The instant that an option names; it must be one of the run.
fn instant(option: &str, text: Option<&str>, otherwise: SimTime, end: SimTime) -> Result<SimTime, String> {
    let Some(text) = text else { return Ok(otherwise) };
    let time = SimDuration::parse(text).ok_or_else(|| format!("{option} {text}: not a time (3228ms, 3.2s)"))?;
    let at = SimTime::ZERO + time;
    if at > end {
        return Err(format!("{option} {text} is after the run's end, {} s", end.as_secs_f64()));
    }
    Ok(at)
}

/// The numbers of the connections that are asked for, if not all are.
fn connections(args: &PcapArgs, sim: &Sim, report: &Report, meter: &Meter) -> Result<Option<BTreeSet<u32>>, String> {
    if let Some(number) = args.connection {
        let dials = report.connections.dials;
        return match u64::from(number) > dials {
            true => Err(format!("--connection {number}: the run has {dials} dials, counted from 1")),
            false => Ok(Some([number].into())),
        };
    }
    let Some(number) = args.request else { return Ok(None) };
    let offered = report.requests.offered;
    if u64::from(number) > offered {
        return Err(format!("--request {number}: the run has {offered} requests, counted from 1"));
    }
    connections_of(&meter.trace(sim.tracer(number), 0.45)).map(Some)
}

fn asked_for(args: &PcapArgs, from: SimTime, to: SimTime) -> String {
    let of = match (args.request, args.connection) {
        (Some(request), _) => format!("of request #{request} "),
        (_, Some(connection)) => format!("of connection #{connection} "),
        _ => String::new(),
    };
    format!("{of}between {} s and {} s", from.as_secs_f64(), to.as_secs_f64())
}
