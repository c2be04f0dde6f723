//! `connlab chart`: a chart of a run as a picture.

use std::path::PathBuf;

use clap::Args;
use connlab::chart::{Chart, Theme};
use connlab::evidence::{self, Form, Pictured};
use connlab::experiment::design::Design;
use connlab::lesson;
use connlab::link::Recipe;
use connlab::sentence::Sentence;
use connlab::sim::Sim;
use connlab::sim::report::{Report, Series};

use crate::output::{Format, Output};
use crate::progress::Meter;
use crate::{png, warn};

#[derive(Args)]
pub struct ChartArgs {
    /// A link, its fragment or its query: 'p=incident&idle=100'; with pin.KEY=VALUE, the pinned run is drawn dashed
    link: String,
    /// Which chart: outcomes, latency, queues or sockets
    name: String,
    /// Light on dark
    #[arg(long)]
    dark: bool,
    /// For a slide: 16 to 9, few words, large
    #[arg(long)]
    thumbnail: bool,
    /// The file to write: .svg, or .png for pixels; without it, SVG on standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub fn chart(args: &ChartArgs) -> Result<(), String> {
    let chart = named(&args.name)?;
    let format = Format::of(args.output.as_deref(), "a chart", &[Format::Svg, Format::Png], Format::Svg)?;
    let decoded = lesson::decode(&args.link);
    warn(&decoded.warnings);
    let reading = Design::of(&decoded);
    warn(&[reading.notes, reading.faults].concat());
    let design = reading.design;
    let meter = Meter::new("drawing");
    let (report, series) = run(&design.recipe, &meter, [0.0, 0.5]);
    let a = design.pinned.as_ref().map(|pinned| run(pinned, &meter, [0.5, 1.0]).1);
    let pictured = Pictured {
        preset: design.recipe.preset,
        sentence: &Sentence::of(&design.recipe.scenario, &report, &series),
        link: &design.encode(),
        report: &report,
        series: &series,
        a: a.as_ref(),
    };
    let form = if args.thumbnail { Form::Thumbnail } else { Form::Document };
    let theme = if args.dark { &Theme::DARK } else { &Theme::LIGHT };
    let svg = evidence::chart(chart, &pictured, form, theme);
    let bytes = match format {
        Format::Png => png::of(&svg, pictured.link, &report.fingerprint)?,
        _ => svg.into_bytes(),
    };
    let mut output = Output::new(args.output.as_deref());
    output.write(&bytes)?;
    output.finish()
}

fn named(name: &str) -> Result<Chart, String> {
    Chart::ALL.into_iter().find(|chart| chart.id() == name).ok_or_else(|| {
        let all = Chart::ALL.map(Chart::id).join(", ");
        format!("no chart is {name}: {all}")
    })
}

fn run(recipe: &Recipe, meter: &Meter, share: [f64; 2]) -> (Report, Series) {
    let mut sim = Sim::new(&recipe.scenario);
    let end = sim.end();
    meter.run(&mut sim, end, share);
    (sim.report(), sim.series())
}
