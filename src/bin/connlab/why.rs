//! `connlab why`: what made requests fail, wait or dial.

use clap::Args;
use connlab::sentence::{self, Trouble};
use connlab::sim::Sim;
use connlab::sim::error::{ERRORS, ErrorKind};
use connlab::why;

use crate::progress::Meter;
use crate::recipe;

#[derive(Args)]
pub struct WhyArgs {
    /// A link, its fragment or its query: 'p=incident&idle=100'
    #[arg(default_value = "")]
    link: String,
    /// Only the first failure of this class: reset, eof, client-timeout, ...
    #[arg(long, conflicts_with = "request")]
    class: Option<String>,
    /// The n-th request that arrives
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    request: Option<u32>,
    /// The request whose answer took longest
    #[arg(long, conflicts_with_all = ["class", "request", "dial"])]
    slow: bool,
    /// The last request that dialed: why it found no connection in the pool
    #[arg(long, conflicts_with_all = ["class", "request"])]
    dial: bool,
    /// Print the whole history of each of these requests instead: every packet with its number, state and call
    #[arg(long)]
    history: bool,
}

pub fn why(args: &WhyArgs) -> Result<String, String> {
    let mut sim = Sim::new(&recipe(&args.link).scenario);
    let meter = Meter::new("explaining");
    let asked = match args.request {
        Some(request) => vec![(request, if args.dial { About::Dial } else { About::Outcome })],
        None => {
            let until = sim.end();
            meter.run(&mut sim, until, [0.0, 0.5]);
            asked(&sim, args)?
        }
    };
    let mut chains = Vec::new();
    let count = asked.len() as f64;
    for (number, (request, about)) in asked.into_iter().enumerate() {
        let trace = meter.trace(sim.tracer(request), 0.5 + 0.5 * number as f64 / count);
        if args.history {
            chains.push(trace.to_string());
            continue;
        }
        let (chain, lacks) = match about {
            About::Outcome => (why::chain(&trace), "had no outcome when the run ended"),
            About::Dial => (why::dial(&trace), "did not dial"),
        };
        let chain = chain.ok_or_else(|| format!("request #{request} {lacks}"))?;
        chains.push(chain.to_string());
    }
    let with = args.class.as_ref().map_or(String::new(), |class| format!(" with {class}"));
    Ok(if chains.is_empty() { format!("No request has failed{with}.\n") } else { chains.join("\n") })
}

/// What about a request is to be explained.
#[derive(Clone, Copy)]
enum About {
    /// Its error, or how long its answer took.
    Outcome,
    /// That it dialed.
    Dial,
}

/// The requests that are asked about. Where nothing is asked in particular, the first failed one of each class, the
/// commonest class first, and those of what else is remarkable about the run; where nothing is, the slowest.
fn asked(sim: &Sim, args: &WhyArgs) -> Result<Vec<(u32, About)>, String> {
    let class = args.class.as_deref().map(class_named).transpose()?;
    let report = sim.report();
    let about = |trouble: Trouble| {
        let about = if trouble == Trouble::Dials { About::Dial } else { About::Outcome };
        Some((trouble.request(&report)?, about))
    };
    if args.slow {
        return Ok(about(Trouble::Slow).into_iter().collect());
    }
    if args.dial {
        return Ok(about(Trouble::Dials).into_iter().collect());
    }
    let rows = report.errors.iter().filter(|row| class.is_none_or(|class| row.kind == class));
    let first = rows.filter_map(|row| sim.failures(row.kind).first());
    let mut all: Vec<_> = first.map(|failure| (failure.request, About::Outcome)).collect();
    if class.is_none() {
        all.extend(sentence::troubles(&report).into_iter().filter_map(about));
        all.extend(about(Trouble::Slow).filter(|_| all.is_empty()));
    }
    Ok(all)
}

pub fn class_named(class: &str) -> Result<ErrorKind, String> {
    ErrorKind::named(class).ok_or_else(|| {
        let classes: Vec<&str> = ERRORS.iter().map(|spec| spec.class).collect();
        format!("no class of errors is {class}: {}", classes.join(", "))
    })
}
