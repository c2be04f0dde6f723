//! `--arrivals`: a load that was recorded elsewhere.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use connlab::recorded;
use connlab::scenario::Scenario;
use connlab::sim::recording::Recording;

#[derive(Args)]
pub struct LoadArgs {
    /// Take arrivals and service times from a file of JSON lines: {"at_ms": 12.5, "service_ms": 40}
    #[arg(long, value_name = "FILE.jsonl")]
    arrivals: Option<PathBuf>,
}

impl LoadArgs {
    /// What is in the file, if one is given; and a warning where some of it comes after the scenario's load.
    pub fn recording(&self, scenario: &Scenario) -> Result<(Recording, Option<String>), String> {
        let Some(path) = &self.arrivals else { return Ok((Recording::default(), None)) };
        let shown = path.display();
        let text = fs::read_to_string(path).map_err(|error| format!("cannot read {shown}: {error}"))?;
        let recording = recorded::read(&text).map_err(|error| format!("{shown}: {error}"))?;
        let end = scenario.params.duration;
        let late = recording.arrivals.iter().filter(|at| at.as_nanos() >= end.as_nanos()).count();
        let warning = format!("{late} recorded arrivals are at or after duration={end}. They are left out.");
        Ok((recording, (late > 0).then_some(warning)))
    }
}
