//! `connlab map`: a sweep over one or two settings, as a picture or a table.

use std::path::PathBuf;

use clap::Args;
use connlab::chart::Theme;
use connlab::evidence::{self, Form, Swept};
use connlab::experiment::design::{Design, Reading};
use connlab::experiment::map::{self, Map, View};
use connlab::lesson;
use connlab::link::Recipe;
use connlab::sim::Sim;
use connlab::sim::report::Report;
use connlab::summary;

use crate::batch;
use crate::output::{Format, Output};
use crate::progress::Meter;
use crate::{png, warn};

#[derive(Args)]
pub struct MapArgs {
    /// A link with x.KEY= and perhaps y.KEY=, z= and n=: 'p=incident&x.workers=8..32&y.service=20ms,30ms&n=5'
    link: String,
    /// Light on dark
    #[arg(long)]
    dark: bool,
    /// For a slide: 16 to 9, few words, large
    #[arg(long)]
    thumbnail: bool,
    /// How many runs are made at once; by default, one for each core
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// The file to write: .svg, .png, .csv or .json; without it, CSV on standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub fn map(args: &MapArgs) -> Result<(), String> {
    let all = [Format::Svg, Format::Png, Format::Csv, Format::Json];
    let format = Format::of(args.output.as_deref(), "a map", &all, Format::Csv)?;
    let (design, slo) = design(&args.link)?;
    let measure = design.measure();
    let (map, own) = filled(design, args)?;
    let design = Design { measure: (measure.key != "failed_share").then_some(measure), ..map.design().clone() };
    let link = design.encode() + &slo.as_ref().map_or_else(String::new, |slo| format!("&{}={slo}", summary::KEY));
    let view = View { map: &map, measure, limit: summary::limit(measure, slo.as_deref().unwrap_or_default()) };
    let name = design.recipe.preset.map_or("Own settings", |preset| preset.title);
    let swept = Swept { name, link: &link, fingerprint: &own.fingerprint };
    let form = if args.thumbnail { Form::Thumbnail } else { Form::Document };
    let theme = if args.dark { &Theme::DARK } else { &Theme::LIGHT };
    let svg = || evidence::map(&view, &swept, form, theme);
    let bytes = match format {
        Format::Csv => map::csv(&view).into_bytes(),
        Format::Json => map::json(&view, &link).into_bytes(),
        Format::Svg => svg().into_bytes(),
        Format::Png => png::of(&svg(), &link, &own.fingerprint)?,
    };
    let mut output = Output::new(args.output.as_deref());
    output.write(&bytes)?;
    output.finish()
}

/// What is swept, and the thresholds of the link.
fn design(link: &str) -> Result<(Design, Option<String>), String> {
    let decoded = lesson::decode(link);
    warn(&decoded.warnings);
    let Reading { mut design, notes, faults } = Design::of(&decoded);
    warn(&notes);
    if let Some(fault) = faults.into_iter().next() {
        return Err(fault);
    }
    if design.axes.is_empty() {
        return Err("nothing is swept: the link has no x.KEY=, as in 'p=incident&x.workers=8..32'".into());
    }
    design.pinned = None;
    Ok((design, decoded.page.into_iter().find(|(key, _)| key == summary::KEY).map(|(_, slo)| slo)))
}

/// The whole map, and the run of the link itself.
fn filled(design: Design, args: &MapArgs) -> Result<(Map, Report), String> {
    let (meter, measure) = (Meter::beside_lines("sweeping"), design.measure());
    let own = run(&design.recipe);
    let mut map = Map::new(design);
    let wanted: Vec<((usize, usize), Recipe)> = std::iter::from_fn(|| map.want(measure)).collect();
    let (total, mut there) = (wanted.len() as f64, 0.0);
    let work = |(place, recipe): ((usize, usize), Recipe)| (place, run(&recipe));
    batch::in_order(wanted.into_iter(), batch::threads(args.jobs.map(usize::from)), work, |(place, report)| {
        map.learn(place, &report);
        there += 1.0;
        meter.is_at(there / total);
    })?;
    Ok((map, own))
}

fn run(recipe: &Recipe) -> Report {
    let mut sim = Sim::new(&recipe.scenario);
    sim.run();
    sim.report()
}
