//! `connlab compare`: two links, with the same seeds.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::process::ExitCode;

use clap::Args;
use connlab::experiment::comparison::{Comparison, Document};
use connlab::experiment::design::{self, Axis, Design, RUNS_MAX, Reading, Seeds};
use connlab::experiment::expectation::Expectation;
use connlab::experiment::measure::Measure;
use connlab::experiment::statistics::{LOOKS, Plan};
use connlab::experiment::verdict;
use connlab::export;
use connlab::lesson;
use connlab::link::{self, Recipe};
use connlab::scenario::Scenario;
use connlab::sim::Sim;
use connlab::words::count;

use crate::batch::{self, Tally};
use crate::many::BatchArgs;
use crate::progress::Meter;
use crate::{print, warn};

/// What is compared where nothing else is asked for; the verdict is about the first.
const MEASURES: &str = "failed_share,goodput,p50_ms,p99_ms,dials_per_s,attempts_per_request,peaks.accept_queue";

/// Seeds where neither the link nor the arguments name any.
const SEEDS: u64 = 20;

#[derive(Args)]
pub struct CompareArgs {
    /// A: the link as it was; or B alone, a link that has pin.KEY=VALUE for what differs in A
    a: String,
    /// B: the link with a change
    b: Option<String>,
    /// The seeds of both, both ends included; without it, n of the link (20) from its own on
    #[arg(long, value_name = "FIRST..LAST")]
    seeds: Option<String>,
    /// Look after 5, 10, 20 and 40 seeds, and stop when the interval of the first measure has no zero in it
    #[arg(long, conflicts_with = "seeds")]
    looks: bool,
    /// What is compared: failed_share,p99_ms; the verdict is about the first
    #[arg(long, value_name = "MEASURES")]
    measures: Option<String>,
    /// Print everything as JSON: both values with each seed, the intervals, the verdict
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    batch: BatchArgs,
}

/// What is compared with what, and by which numbers.
struct Question {
    recipes: [Recipe; 2],
    seeds: Seeds,
    plan: Plan,
    comparisons: Vec<Comparison>,
    /// What the runs warned about, each once.
    warnings: BTreeSet<String>,
}

pub fn compare(args: &CompareArgs) -> Result<ExitCode, String> {
    let mut question = question(args)?;
    let mut tally = Tally::new(&args.batch.expect)?;
    let meter = Meter::new("comparing");
    let looks: &[usize] = if question.plan == Plan::Looks { &LOOKS } else { &[question.seeds.count as usize] };
    let mut done = 0;
    for look in looks {
        question.run(done..*look as u64, *looks.last().expect("there is one") as u64, args, &mut tally, &meter)?;
        done = *look as u64;
        let first = question.comparisons[0].differences(question.plan);
        if first.is_some_and(|differences| differences.is_clear()) {
            break;
        }
    }
    drop(meter);
    warn(&Vec::from_iter(&question.warnings));
    question.seeds.count = done;
    print(&if args.json { question.json()? } else { question.text() });
    Ok(tally.conclude())
}

/// What the links and the arguments ask.
fn question(args: &CompareArgs) -> Result<Question, String> {
    let read = |text: &str| {
        let decoded = lesson::decode(text);
        warn(&decoded.warnings);
        let Reading { design, notes, faults } = Design::of(&decoded);
        warn(&notes);
        let swept = |axis: &Axis| format!("the sweep over {} is left out: two runs are compared", axis.key());
        warn(&design.axes.iter().map(swept).collect::<Vec<_>>());
        faults.into_iter().next().map_or(Ok(design), Err)
    };
    let first = read(&args.a)?;
    let replications = first.replications;
    let (a, design) = match &args.b {
        Some(b) => (first.recipe, read(b)?),
        None => match first.pinned.clone() {
            Some(pinned) => (pinned, first),
            None => return Err("there is one link, and no pin.KEY=VALUE in it that differs: what is B?".into()),
        },
    };
    let count = design.replications.or(replications).unwrap_or(SEEDS);
    let seeds = seeds(args, Seeds { first: a.scenario.params.seed, count })?;
    let comparisons = measures(args, &design)?.into_iter().map(Comparison::new).collect();
    let plan = if args.looks { Plan::Looks } else { Plan::Fixed };
    Ok(Question { recipes: [a, design.recipe], seeds, plan, comparisons, warnings: BTreeSet::new() })
}

/// Those of the arguments, or the links' own.
fn seeds(args: &CompareArgs, own: Seeds) -> Result<Seeds, String> {
    let seeds = args.seeds.as_deref().map_or(Ok(own), Seeds::parse).map_err(|what| format!("--seeds: {what}"))?;
    match count(seeds.count.saturating_mul(2)) {
        runs if seeds.count > RUNS_MAX / 2 => Err(format!("--seeds: {runs} runs are more than {}", count(RUNS_MAX))),
        _ => Ok(seeds),
    }
}

/// Those of the arguments; or the link's, and what is usual.
fn measures(args: &CompareArgs, design: &Design) -> Result<Vec<&'static Measure>, String> {
    if let Some(names) = &args.measures {
        let measures = names.split(',').map(|name| design::measure(name.trim())).collect::<Result<_, _>>();
        return measures.map_err(|what| format!("--measures: {what}"));
    }
    let usual = MEASURES.split(',').filter_map(Measure::named).filter(|usual| *usual != design.measure());
    Ok(std::iter::once(design.measure()).chain(usual).collect())
}

/// A run that has been made: its measures, and what is expected of it.
struct Done {
    link: String,
    measures: Vec<Option<f64>>,
    expected: Vec<Option<f64>>,
    warnings: Vec<String>,
}

impl Question {
    /// Runs A and B with these replications, of `all`.
    fn run(
        &mut self,
        replications: std::ops::Range<u64>,
        all: u64,
        args: &CompareArgs,
        tally: &mut Tally,
        meter: &Meter,
    ) -> Result<(), String> {
        let Question { recipes, seeds, comparisons, warnings, .. } = self;
        let measures: Vec<&Measure> = comparisons.iter().map(|comparison| comparison.measure).collect();
        let expectations = tally.expectations().to_vec();
        let jobs = replications.clone().flat_map(|replication| [(replication, 0), (replication, 1)]);
        let work = |(replication, side): (u64, usize)| {
            let recipe = with_seed(&recipes[side], seeds.of(replication));
            (replication, side, measured(&recipe, &measures, &expectations))
        };
        batch::in_order(jobs, args.batch.threads(), work, |(replication, side, done)| {
            for (comparison, value) in comparisons.iter_mut().zip(done.measures) {
                if side == 0 { comparison.a.push(value) } else { comparison.b.push(value) }
            }
            if side == 1 {
                tally.count(&done.link, &done.expected);
                meter.is_at((replication + 1) as f64 / all as f64);
            }
            warnings.extend(done.warnings);
        })
    }

    fn links(&self) -> [String; 2] {
        self.recipes.each_ref().map(|recipe| link::encode(&with_seed(recipe, self.seeds.first)))
    }

    fn scenarios(&self) -> [&Scenario; 2] {
        self.recipes.each_ref().map(|recipe| &recipe.scenario)
    }

    fn json(&self) -> Result<String, String> {
        let ([a, b], [old, new]) = (self.links(), self.scenarios());
        let seeds: Vec<u64> = self.seeds.iter().collect();
        export::json(&Document::new([(&a, old), (&b, new)], &seeds, &self.comparisons, self.plan))
    }

    /// The links, a table, the first measure's differences one a seed, and its verdict.
    fn text(&self) -> String {
        let [a, b] = self.links();
        let Seeds { first, count } = self.seeds;
        let last = self.seeds.of(count - 1);
        let mut text = format!("A      {a}\nB      {b}\nseeds  {first}..{last}, the same in both\n\n");
        text += &table(&self.comparisons, self.plan);
        let main = &self.comparisons[0];
        if let Some(differences) = main.differences(self.plan) {
            let scale = differences.deviation();
            let each: Vec<String> =
                differences.values().iter().map(|value| main.measure.signed(*value, scale)).collect();
            let _ = writeln!(text, "\n{}, B - A with each seed: {}", main.measure.head(), each.join(" "));
        }
        let [old, new] = self.scenarios();
        let _ = writeln!(text, "\n{}", main.verdict(&verdict::change(old, new), self.plan));
        if self.comparisons.len() > 1 {
            text += "Each interval is for its own measure: among many, one without a zero may be luck.\n";
        }
        text
    }
}

/// A recipe with another seed.
fn with_seed(recipe: &Recipe, seed: u64) -> Recipe {
    let mut recipe = recipe.clone();
    recipe.scenario.params.seed = seed;
    recipe
}

fn measured(recipe: &Recipe, measures: &[&Measure], expectations: &[Expectation]) -> Done {
    let scenario = &recipe.scenario;
    let mut sim = Sim::new(scenario);
    sim.run();
    let report = sim.report();
    Done {
        link: link::encode(recipe),
        measures: measures.iter().map(|measure| (measure.value)(&report)).collect(),
        expected: expectations.iter().map(|expected| expected.field.number(scenario, &report)).collect(),
        warnings: report.warnings,
    }
}

/// A line a measure: means, difference, interval, agreement, and whether it is an improvement.
fn table(comparisons: &[Comparison], plan: Plan) -> String {
    let head = ["measure", "A", "B", "B - A", "95 % interval", "seeds that agree", "B is"].map(str::to_string);
    let row = |comparison: &Comparison| {
        let measure = comparison.measure;
        let (Some([a, b]), Some(differences)) = (comparison.means(), comparison.differences(plan)) else {
            return [measure.head(), "-".into(), "-".into(), "-".into(), "no answers".into(), "-".into(), "".into()];
        };
        let interval = differences.interval();
        let scale = interval.map_or(differences.mean().abs().max(b.abs()) / 10.0, |[low, high]| (high - low) / 2.0);
        let interval = interval.map_or("-".into(), |[low, high]| {
            format!("{} to {}", measure.signed(low, scale), measure.signed(high, scale))
        });
        let agree = format!("{} of {}", differences.agree(), differences.values().len());
        let difference = measure.signed(differences.mean(), scale);
        let is = comparison.is_better(plan).map_or("", |is_better| if is_better { "better" } else { "worse" });
        [measure.head(), measure.number(a, scale), measure.number(b, scale), difference, interval, agree, is.into()]
    };
    let rows: Vec<[String; 7]> = std::iter::once(head).chain(comparisons.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..7).map(width).collect();
    let line = |row: &[String; 7]| {
        let cells = row[1..].iter().zip(&widths[1..]).map(|(cell, width)| format!("  {cell:>width$}"));
        let line = format!("{:<width$}{}", row[0], cells.collect::<String>(), width = widths[0]);
        line.trim_end().to_string() + "\n"
    };
    rows.iter().map(line).collect()
}
