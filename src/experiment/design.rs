//! Which runs an experiment has, as keys of a link that do not change its own run:
//! `p=incident&somaxconn=256&pin.somaxconn=128&x.idle=1,2,5&y.rps=200..800&z=p99_ms&n=20`.
//!
//! - `pin.KEY=VALUE`: what differs in the run that this one is compared with.
//! - `x.KEY=...`, `y.KEY=...`: the values that a setting takes; a cell is one of x and one of y. `64..4096` means both
//!   ends and all of the slider's stops between; nothing behind the `=` means all stops.
//! - `z=MEASURE`: the number that is looked at ([`super::measure`]).
//! - `n=SEEDS`: how many runs a cell has. **The seed of replication r is the link's own seed plus r, from r = 0, in
//!   every cell**: the first is the very run of the link, and a value more changes no other run.

use super::measure::{MEASURES, Measure};
use crate::link::{self, Decoded, Recipe};
use crate::params::names::{did_you_mean, did_you_mean_row};
use crate::params::{Kind, ParamId, Value};
use crate::scenario::{Change, Scenario};
use crate::time::{SimDuration, SimTime};
use crate::words::{count, shown};

/// More runs than this are not an experiment but an accident.
pub const RUNS_MAX: u64 = 1_000_000;

/// A link can ask for so many seeds; the command line, for any number.
pub const SEEDS_MAX: u64 = 1_000;

/// A setting and the values that it takes, one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Since when it has the value, where that is not the start.
    at: Option<SimDuration>,
    param: ParamId,
    spans: Vec<Span>,
    values: Vec<Value>,
}

/// What stands between the commas of an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Span {
    One(Value),
    /// Both ends and the slider's stops between.
    Range(Value, Value),
}

impl Axis {
    /// Reads `idle` and `1,2,5`, `64..4096` or nothing, which means all stops; with a sentence for each value that was
    /// read as another one.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence without its full stop.
    pub fn parse(key: &str, text: &str) -> Result<(Axis, Vec<String>), String> {
        let (at, param) = link::setting(key).ok_or_else(|| no_setting(key))?;
        let spec = param.spec();
        if param == ParamId::seed {
            return Err("seed cannot be swept: it is what makes the runs of one cell differ".into());
        }
        if at.is_some() && !spec.live {
            return Err(format!("{} cannot be swept: {} cannot change during a run", shown(key), spec.key));
        }
        let mut warnings = Vec::new();
        let mut read = |part: &str| {
            let (value, warning) = link::value(spec, key, part.trim())
                .map_err(|what| format!("{}: `{}` {what}", shown(key), shown(part.trim())))?;
            warnings.extend(warning);
            Ok::<Value, String>(value)
        };
        let mut spans = Vec::new();
        for part in text.split(',').filter(|_| !text.trim().is_empty()) {
            spans.push(match part.split_once("..") {
                Some((low, high)) => Span::Range(read(low)?, read(high)?),
                None => Span::One(read(part)?),
            });
        }
        let mut axis = Axis { at, param, spans, values: Vec::new() };
        axis.fill()?;
        Ok((axis, warnings))
    }

    /// Its values: those of the spans, each once.
    fn fill(&mut self) -> Result<(), String> {
        let spec = self.param.spec();
        let stops = match spec.kind {
            Kind::Switch => [true, false].map(Value::Switch).to_vec(),
            Kind::Choice(names) => names.iter().map(|name| Value::Choice(name)).collect(),
            _ => spec.stops(),
        };
        let is_word = matches!(spec.kind, Kind::Switch | Kind::Choice(_));
        let mut values = if self.spans.is_empty() { stops.clone() } else { Vec::new() };
        for span in &self.spans {
            match *span {
                Span::One(value) => values.push(value),
                Span::Range(..) if is_word => return Err(format!("{} has no range: {}", self.key(), spec.range())),
                Span::Range(low, high) if spec.size(low) > spec.size(high) => {
                    return Err(format!("{}: the range {low}..{high} is empty", self.key()));
                }
                Span::Range(low, high) => {
                    let between = |stop: &&Value| (spec.size(low)..=spec.size(high)).contains(&spec.size(**stop));
                    values.push(low);
                    values.extend(stops.iter().filter(between));
                    values.push(high);
                }
            }
        }
        for value in values {
            if !self.values.contains(&value) {
                self.values.push(value);
            }
        }
        Ok(())
    }

    /// What it changes, as links write it: `idle`, `20s.rps`.
    pub fn key(&self) -> String {
        let key = self.param.spec().key;
        self.at.map_or_else(|| key.into(), |at| format!("{at}.{key}"))
    }

    /// What it changes, as people know it: `MaxIdleConnsPerHost`, `rps from 20s on`.
    pub fn title(&self) -> String {
        let label = self.param.spec().label;
        self.at.map_or_else(|| label.into(), |at| format!("{label} from {at} on"))
    }

    /// One of its values, in words.
    pub fn label(&self, at: usize) -> String {
        self.param.spec().describe(self.values[at])
    }

    /// The values, in order, each once.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// A scenario with one of its values.
    pub fn set(&self, scenario: &mut Scenario, value: Value) {
        match self.at {
            None => self.param.spec().set(&mut scenario.params, value),
            Some(at) => scenario.schedule(Change { at: SimTime::ZERO + at, param: self.param, value }),
        }
    }

    /// Its value in a scenario; none where it is to change at an instant and does not.
    pub fn of(&self, scenario: &Scenario) -> Option<Value> {
        match self.at {
            None => Some(self.param.spec().get(&scenario.params)),
            Some(at) => scenario.course(self.param).find(|change| change.at == SimTime::ZERO + at).map(|it| it.value),
        }
    }

    /// The setting.
    pub fn param(&self) -> ParamId {
        self.param
    }

    /// The values as they are written: `1,2,5`, `64..4096`.
    pub fn text(&self) -> String {
        let span = |span: &Span| match span {
            Span::One(value) => value.to_string(),
            Span::Range(low, high) => format!("{low}..{high}"),
        };
        self.spans.iter().map(span).collect::<Vec<_>>().join(",")
    }
}

/// Why a key is none that can be swept.
fn no_setting(key: &str) -> String {
    match key {
        "p" | "v" => format!("{key} cannot be swept: it is no setting"),
        _ if link::is_page_key(key) => format!("{} cannot be swept: it does not change the run", shown(key)),
        _ => format!("`{}` cannot be swept: it is not a setting{}", shown(key), did_you_mean_row(key, &[])),
    }
}

/// About so many values for an axis, as it is written: this one, and every second stop of the slider below and above
/// it. Of a setting without stops, nothing: all its values.
pub fn usual_values(param: ParamId, now: Value, count: isize) -> String {
    let spec = param.spec();
    let mut stops = spec.stops();
    // A zero that is a word is no small value.
    stops.retain(|stop| !spec.is_word(*stop));
    let at = stops.iter().take_while(|stop| spec.size(**stop) < spec.size(now)).count();
    // Where this one is between two stops, the next but one above is one nearer.
    let between = isize::from(stops.get(at) != Some(&now));
    let mut values = String::new();
    for step in -count / 2..(count + 1) / 2 {
        let place = at as isize + 2 * step - if step > 0 { between } else { 0 };
        let stop = usize::try_from(place).ok().and_then(|at| stops.get(at));
        if let Some(value) = if step == 0 && !stops.is_empty() { Some(&now) } else { stop } {
            if !values.is_empty() {
                values.push(',');
            }
            values += &value.to_string();
        }
    }
    values
}

/// The seeds of the replications: as many as there are, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seeds {
    /// That of the first.
    pub first: u64,
    /// How many there are, at least one.
    pub count: u64,
}

impl Seeds {
    /// The seed of a replication, from 0. Behind the largest seed that there is comes 0.
    pub fn of(self, replication: u64) -> u64 {
        let Kind::Count { max, .. } = ParamId::seed.spec().kind else { unreachable!("a seed is a whole number") };
        (self.first.wrapping_add(replication)) % (max + 1)
    }

    /// All of them.
    pub fn iter(self) -> impl Iterator<Item = u64> {
        (0..self.count).map(move |replication| self.of(replication))
    }

    /// Reads `1..20`, both ends included.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence without its full stop.
    pub fn parse(text: &str) -> Result<Seeds, String> {
        let wrong = |what: &str| format!("`{}` {what}: two whole numbers such as 1..20", shown(text));
        let (first, last) = text.split_once("..").ok_or_else(|| wrong("is no range of seeds"))?;
        let read = |number: &str| number.trim().parse::<u64>().map_err(|_| wrong("is no range of seeds"));
        let (first, last) = (read(first)?, read(last.trim_start_matches('='))?);
        let Kind::Count { max, .. } = ParamId::seed.spec().kind else { unreachable!("a seed is a whole number") };
        if last > max {
            return Err(format!("seed {last} is above the largest, {max}"));
        }
        match last.checked_sub(first) {
            Some(more) => Ok(Seeds { first, count: more + 1 }),
            None => Err(wrong("is an empty range of seeds")),
        }
    }
}

/// An experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// The run that the link describes.
    pub recipe: Recipe,
    /// The one that it is compared with, where that is another one.
    pub pinned: Option<Recipe>,
    /// What takes several values: in a link x and y; the command line may have more.
    pub axes: Vec<Axis>,
    /// What is looked at.
    pub measure: Option<&'static Measure>,
    /// How many seeds, where that is said.
    pub replications: Option<u64>,
}

/// What a link says of an experiment.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The experiment.
    pub design: Design,
    /// A sentence for each value that was read as another one.
    pub notes: Vec<String>,
    /// A sentence for each part that could not be read, and is left out.
    pub faults: Vec<String>,
}

/// One run of a design.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its place, from 0.
    pub index: u64,
    /// What is run.
    pub recipe: Recipe,
    /// The settings of its cell with their values.
    pub settings: Vec<(String, String)>,
    /// Its seed.
    pub seed: u64,
}

impl Design {
    /// The experiment of a link.
    pub fn of(decoded: &Decoded) -> Reading {
        let recipe = decoded.recipe.clone();
        let mut design = Design { recipe, pinned: None, axes: Vec::new(), measure: None, replications: None };
        let (mut notes, mut faults) = (Vec::new(), Vec::new());
        let mut pinned = Vec::new();
        let mut axes: [Option<Axis>; 2] = [None, None];
        for (key, text) in &decoded.page {
            let fault = match key.split_once('.') {
                Some(("pin", setting)) => pin(setting, text, &mut pinned),
                Some(("x", setting)) => sweep(setting, text, &mut axes[0], &mut notes),
                Some(("y", setting)) => sweep(setting, text, &mut axes[1], &mut notes),
                _ if key == "z" => design.look_at(text),
                _ if key == "n" => design.replicate(text),
                _ => Ok(()),
            };
            faults.extend(fault.err().map(|what| format!("`{}={}`: {}", shown(key), shown(text), ended(&what))));
        }
        if !pinned.is_empty() {
            let amended = link::amended(&design.recipe, &pinned.join("&"));
            notes.extend(amended.warnings.iter().map(ToString::to_string));
            design.pinned = Some(amended.recipe).filter(|pinned| *pinned != design.recipe);
        }
        design.axes = axes.into_iter().flatten().collect();
        if let Err(what) = design.check(design.seeds()) {
            faults.push(format!("{what}. Nothing is swept."));
            design.axes.clear();
        }
        Reading { design, notes, faults }
    }

    fn look_at(&mut self, key: &str) -> Result<(), String> {
        self.measure = Some(measure(key)?);
        Ok(())
    }

    fn replicate(&mut self, text: &str) -> Result<(), String> {
        let number = text.parse().ok().filter(|n| (1..=SEEDS_MAX).contains(n));
        let number = number.ok_or_else(|| format!("it is not a number of seeds, 1..{SEEDS_MAX}"))?;
        self.replications = Some(number);
        Ok(())
    }

    /// The measure that it is about.
    pub fn measure(&self) -> &'static Measure {
        self.measure.unwrap_or(&MEASURES[0])
    }

    /// The seeds of its replications, from the link's own on.
    pub fn seeds(&self) -> Seeds {
        Seeds { first: self.recipe.scenario.params.seed, count: self.replications.unwrap_or(1) }
    }

    /// How many cells there are.
    pub fn cells(&self) -> u64 {
        self.axes.iter().map(|axis| axis.values.len() as u64).fold(1, u64::saturating_mul)
    }

    /// How many runs there are with these seeds.
    pub fn runs(&self, seeds: Seeds) -> u64 {
        self.cells().saturating_mul(seeds.count)
    }

    /// Whether it can be run.
    ///
    /// # Errors
    /// Why not, as a sentence without its full stop: a setting that is swept twice, too many runs.
    pub fn check(&self, seeds: Seeds) -> Result<(), String> {
        for (i, axis) in self.axes.iter().enumerate() {
            if self.axes[..i].iter().any(|earlier| (earlier.at, earlier.param) == (axis.at, axis.param)) {
                return Err(format!("{} is swept twice", axis.key()));
            }
        }
        let runs = self.runs(seeds);
        if runs > RUNS_MAX {
            let (cells, seeds) = (count(self.cells()), count(seeds.count));
            return Err(format!("{cells} cells of {seeds} seeds are more than {} runs", count(RUNS_MAX)));
        }
        Ok(())
    }

    /// A run by its place: the first axis changes slowest, and the seed fastest.
    pub fn run(&self, seeds: Seeds, index: u64) -> Run {
        let (mut cell, replication) = (index / seeds.count, index % seeds.count);
        let mut recipe = self.recipe.clone();
        let mut settings = Vec::with_capacity(self.axes.len());
        for axis in self.axes.iter().rev() {
            let values = axis.values.len() as u64;
            let value = axis.values[(cell % values) as usize];
            cell /= values;
            axis.set(&mut recipe.scenario, value);
            settings.push((axis.key(), value.to_string()));
        }
        settings.reverse();
        let seed = seeds.of(replication);
        recipe.scenario.params.seed = seed;
        Run { index, recipe, settings, seed }
    }

    /// The experiment as a link has it, behind the canonical link of its run.
    pub fn encode(&self) -> String {
        let mut parts = vec![link::encode(&self.recipe)];
        let pinned = self.pinned.iter().flat_map(|pinned| link::differences(&pinned.scenario, &self.recipe.scenario));
        parts.extend(pinned.map(|part| format!("pin.{part}")));
        let letters = ["x", "y"].iter().zip(&self.axes);
        parts.extend(letters.map(|(letter, axis)| format!("{letter}.{}={}", axis.key(), axis.text())));
        parts.extend(self.measure.map(|measure| format!("z={}", measure.key)));
        parts.extend(self.replications.map(|n| format!("n={n}")));
        parts.join("&")
    }
}

/// Reads an axis into its place.
fn sweep(key: &str, text: &str, place: &mut Option<Axis>, notes: &mut Vec<String>) -> Result<(), String> {
    let (axis, mut of_axis) = Axis::parse(key, text)?;
    if let Some(first) = place {
        return Err(format!("there is one already, {}", first.key()));
    }
    notes.append(&mut of_axis);
    *place = Some(axis);
    Ok(())
}

/// Notes what differs in the pinned run.
fn pin(key: &str, value: &str, pinned: &mut Vec<String>) -> Result<(), String> {
    match link::setting(key) {
        Some((None, ParamId::seed)) => Err("both runs have the same seed, or a difference would be luck".into()),
        Some(_) => {
            pinned.push(format!("{key}={value}"));
            Ok(())
        }
        None => Err(format!("`{}` is not a setting{}", shown(key), did_you_mean_row(key, &[]))),
    }
}

/// The measure with this name.
///
/// # Errors
/// A sentence without its full stop that names near ones.
pub fn measure(key: &str) -> Result<&'static Measure, String> {
    Measure::named(key).ok_or_else(|| {
        let keys = || MEASURES.iter().map(|measure| measure.key);
        let meant = match did_you_mean(key, keys()) {
            meant if meant.is_empty() => format!(": {}", keys().collect::<Vec<_>>().join(", ")),
            meant => meant,
        };
        format!("no measure is `{}`{meant}", shown(key))
    })
}

/// A sentence that is left out of the link.
fn ended(what: &str) -> String {
    let end = if what.ends_with('?') { "" } else { "." };
    format!("{what}{end} It is left out.")
}
