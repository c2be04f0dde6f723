//! What the benchmark programs print: one line for each case, its fields separated by tabs.

use anyhow::{Result, bail, ensure};

/// One case in one engine: what `connlab_bench::Measurement` prints.
#[derive(Clone)]
pub struct Measurement {
    pub name: String,
    pub link: String,
    pub events: f64,
    pub requests: f64,
    pub slices_ms: Slices,
    pub first_ms: f64,
    pub depth: f64,
    pub queue_ns: f64,
    pub connections: f64,
    pub fingerprint: String,
}

impl Measurement {
    pub fn parse(line: &str) -> Result<Measurement> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, link, events, requests, slices_ms, first_ms, depth, queue_ns, connections, fingerprint] = fields[..]
        else {
            bail!("not a line of the benchmark: {line}")
        };
        Ok(Measurement {
            name: name.into(),
            link: link.into(),
            events: events.parse()?,
            requests: requests.parse()?,
            slices_ms: Slices::parse(slices_ms)?,
            first_ms: first_ms.parse()?,
            depth: depth.parse()?,
            queue_ns: queue_ns.parse()?,
            connections: connections.parse()?,
            fingerprint: fingerprint.into(),
        })
    }

    pub fn ns_per_event(&self) -> f64 {
        self.slices_ms.sum() * 1e6 / self.events
    }

    /// The faster of two measurements of one case, figure by figure.
    pub fn faster(&mut self, other: &Measurement) {
        self.slices_ms.faster(&other.slices_ms);
        self.first_ms = self.first_ms.min(other.first_ms);
        self.queue_ns = self.queue_ns.min(other.queue_ns);
    }
}

/// Case by case the faster of two measurements of the same cases.
pub fn faster(rows: &mut [Measurement], other: &[Measurement]) {
    rows.iter_mut().zip(other).for_each(|(row, other)| row.faster(other));
}

/// The measurements of these cases, or of all when none is named. Reading stops after the last of them, which ends the
/// program that prints.
pub fn rows(lines: impl Iterator<Item = Result<String>>, cases: &[String]) -> Result<Vec<Measurement>> {
    let (mut rows, mut others) = (Vec::new(), Vec::new());
    for line in lines {
        let row = Measurement::parse(&line?)?;
        if cases.is_empty() || cases.contains(&row.name) {
            rows.push(row);
        } else {
            others.push(row.name);
        }
        if rows.len() == cases.len() {
            break;
        }
    }
    let unknown = cases.iter().find(|&case| rows.iter().all(|row| row.name != *case));
    if let Some(unknown) = unknown {
        others.extend(rows.into_iter().map(|row| row.name));
        bail!("no case is named `{unknown}`; there are: {}", others.join(", "));
    }
    ensure!(!rows.is_empty(), "the program printed no row");
    Ok(rows)
}

/// Milliseconds of the slices of a run.
#[derive(Clone)]
pub struct Slices(Vec<f64>);

impl Slices {
    pub fn parse(text: &str) -> Result<Slices> {
        Ok(Slices(text.split(' ').map(str::parse).collect::<Result<_, _>>()?))
    }

    pub fn sum(&self) -> f64 {
        self.0.iter().sum()
    }

    pub fn faster(&mut self, other: &Slices) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, other)| *mine = mine.min(*other));
    }
}

/// Numbers separated by tabs.
pub fn numbers<const N: usize>(text: &str) -> Result<[f64; N]> {
    let numbers: Vec<f64> = text.trim().split('\t').map(str::parse).collect::<Result<_, _>>()?;
    numbers.try_into().map_err(|_| anyhow::anyhow!("not {N} numbers: {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, slices: &str) -> Result<String> {
        Ok(format!("{name}\tp={name}\t1000\t10\t{slices}\t9\t5\t30\t7\tabc"))
    }

    #[test]
    fn of_each_slice_the_fastest_counts() {
        let parse = |slices| Measurement::parse(&line("incident", slices).expect("a line")).expect("a row");
        let mut row = parse("4 1 2");
        row.faster(&parse("3 2 1"));
        assert_eq!(row.slices_ms.sum(), 5.0);
        assert_eq!(row.ns_per_event(), 5_000.0);
    }

    #[test]
    fn nothing_is_read_behind_the_last_case_that_is_asked_for() {
        let cases = ["healthy".to_owned(), "incident".to_owned()];
        let mut lines = ["default", "healthy", "incident", "overload"].into_iter().map(|name| line(name, "1"));
        let rows = rows(lines.by_ref(), &cases).expect("rows");
        assert_eq!(rows.iter().map(|row| &row.name).collect::<Vec<_>>(), ["healthy", "incident"]);
        assert_eq!(lines.count(), 1);
    }

    #[test]
    fn a_case_that_does_not_exist_is_named_with_those_that_do() {
        let lines = ["default", "healthy"].into_iter().map(|name| line(name, "1"));
        let error = rows(lines, &["heathy".to_owned()]).err().expect("an error");
        assert_eq!(error.to_string(), "no case is named `heathy`; there are: default, healthy");
    }
}
