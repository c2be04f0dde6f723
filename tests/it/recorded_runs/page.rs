//! Recorded figures beside the model's, as tables and as a summary.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Deserialize;

/// One experiment: a section of the page.
pub struct Experiment {
    /// Heading.
    pub title: &'static str,
    /// What was done, and what is known about the deviations.
    pub text: &'static str,
    /// What is compared.
    pub figures: &'static [&'static str],
    /// The rows of its table.
    pub groups: Vec<Group>,
}

impl Experiment {
    /// Each line's recorded figures, beside those of the model's runs of it.
    pub fn beside<How>(
        (title, text): (&'static str, &'static str),
        figures: &'static [&'static str],
        lines: impl IntoIterator<Item = Line<How>>,
        model: impl Fn(&Line<How>) -> Vec<Vec<f64>>,
    ) -> Experiment {
        let figures_of = |run: &BTreeMap<String, f64>| figures.iter().map(|name| run[*name]).collect();
        let group = |line: Line<How>| Group {
            real: line.runs.iter().map(figures_of).collect(),
            model: model(&line),
            link: line.link,
            paired: false,
        };
        Experiment { title, text, figures, groups: lines.into_iter().map(group).collect() }
    }
}

/// A line of a file of recorded runs: a link, how it was run beyond that, and the figures of each run by name.
#[derive(Deserialize)]
pub struct Line<How> {
    pub link: String,
    #[serde(flatten)]
    pub how: How,
    pub runs: Vec<BTreeMap<String, f64>>,
}

/// The runs of one link: one list of figures for each run.
pub struct Group {
    /// The link, without what single runs add.
    pub link: String,
    /// What was recorded.
    pub real: Vec<Vec<f64>>,
    /// What the model does.
    pub model: Vec<Vec<f64>>,
    /// Run by run, both had the same arrivals and service times, so that runs are compared rather than medians.
    pub paired: bool,
}

impl Group {
    /// Signed relative deviations of a figure: one per pair of runs, or one of the medians.
    pub fn deviations(&self, figure: usize) -> Vec<f64> {
        let (real, model) = (column(&self.real, figure), column(&self.model, figure));
        if self.paired {
            return real.into_iter().zip(model).map(|(real, model)| deviation(real, model)).collect();
        }
        vec![deviation(quantile(&real, 0.5), quantile(&model, 0.5))]
    }
}

impl Experiment {
    /// Sizes of all deviations of a figure.
    pub fn deviations(&self, figure: usize) -> Vec<f64> {
        self.groups.iter().flat_map(|group| group.deviations(figure)).map(f64::abs).collect()
    }

    /// The section.
    pub fn section(&self) -> String {
        let (common, rests) = split(&self.groups);
        let mut text = format!("\n## {}\n\n{}\nAll rows: `{common}`\n\n", self.title, self.text);
        writeln!(text, "| link | runs | {} |", self.figures.join(" | ")).unwrap();
        writeln!(text, "|---|---|{}", "---|".repeat(self.figures.len())).unwrap();
        for (group, rest) in self.groups.iter().zip(rests) {
            write!(text, "| `{rest}` | {} |", group.real.len()).unwrap();
            for figure in 0..self.figures.len() {
                let (real, model) = (column(&group.real, figure), column(&group.model, figure));
                let off = 100.0 * quantile(&group.deviations(figure), 0.5);
                let off = if off.abs() < 0.05 { "=".to_string() } else { format!("{off:+.1} %") };
                write!(text, " {} → {} ({off}) |", spread(&real), spread(&model)).unwrap();
            }
            text.push('\n');
        }
        text
    }

    /// Rows of the summary; `target` says what is wanted of each figure.
    pub fn summary(&self, targets: &[&str]) -> String {
        let name = self.title.split(':').next().unwrap_or_default();
        let mut text = String::new();
        for (figure, (label, target)) in self.figures.iter().zip(targets).enumerate() {
            text += &summary_row(&format!("{name}: {label}"), &self.deviations(figure), target);
        }
        text
    }
}

/// A row of the summary, of sizes of deviations.
pub fn summary_row(label: &str, deviations: &[f64], target: &str) -> String {
    let [median, p90, max] = [0.5, 0.9, 1.0].map(|q| 100.0 * quantile(deviations, q));
    format!("| {label} | {} | {median:.1} % | {p90:.1} % | {max:.1} % | {target} |\n", deviations.len())
}

/// Of what was recorded; of 1 where that is smaller: counts that should be zero and are not must not vanish.
fn deviation(real: f64, model: f64) -> f64 {
    if real == model { 0.0 } else { (model - real) / if real == 0.0 { 1.0 } else { real } }
}

fn column(runs: &[Vec<f64>], figure: usize) -> Vec<f64> {
    runs.iter().map(|run| run[figure]).collect()
}

/// The value at this share of the sorted ones: the upper one of two in the middle.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len() as f64 * share) as usize;
    sorted.get(at.min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// min/median/max, or the one value that all have.
fn spread(values: &[f64]) -> String {
    let [min, median, max] = [0.0, 0.5, 1.0].map(|share| number(quantile(values, share)));
    if min == max { min } else { format!("{min}/{median}/{max}") }
}

fn number(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value}") } else { format!("{value:.1}") }
}

/// What all links share, and what is left of each.
fn split(groups: &[Group]) -> (String, Vec<String>) {
    let all: Vec<Vec<&str>> = groups.iter().map(|group| group.link.split('&').collect()).collect();
    let shared = |pair: &&str| all.iter().all(|link| link.contains(pair));
    let common = all.first().into_iter().flatten().copied().filter(|pair| shared(pair));
    let rest = |link: &Vec<&str>| link.iter().copied().filter(|pair| !shared(pair)).collect::<Vec<_>>().join("&");
    (common.collect::<Vec<_>>().join("&"), all.iter().map(rest).collect())
}
