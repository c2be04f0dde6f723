//! The numbers behind a chart, as a table.

use connlab::chart::{Chart, Table};
use connlab::scenario::Scenario;
use connlab::sim::report::Series;
use connlab::sim::{Progress, Sim};
use maud::{Markup, html};

/// A run that is being made for a chart's table.
pub struct Numbers {
    chart: Chart,
    sim: Box<Sim>,
}

impl Numbers {
    /// Nothing has been computed yet; `None` if no chart has this name.
    pub fn new(chart: &str, scenario: &Scenario) -> Option<Numbers> {
        let chart = Chart::ALL.into_iter().find(|known| known.id() == chart)?;
        Some(Numbers { chart, sim: Box::new(Sim::new(scenario)) })
    }

    /// The table, after about so many more events.
    pub fn advance(&mut self, budget: u32) -> Option<Markup> {
        let is_there = self.sim.advance(self.sim.end(), budget) != Progress::Budget;
        is_there.then(|| table(self.chart, &self.sim.series()))
    }
}

/// The chart as a file: the end of its name, and what is said of it.
const PICTURES: [(&str, &str); 4] =
    [(".svg", "SVG"), ("-dark.svg", "SVG, dark"), (".png", "PNG"), ("-slide.png", "PNG for a slide")];

fn table(chart: Chart, series: &Series) -> Markup {
    let Table { columns, rows } = chart.table(series);
    html! {
        div.pictures {
            @for (look, label) in PICTURES {
                button.btn.line data-do="export" data-with={ (chart.id()) (look) } { (label) }
            }
        }
        button.btn.line data-copy { "Copy" }
        table {
            caption { (chart.title()) " " (chart.unit()) }
            thead { tr { @for column in &columns { th scope="col" { (column) } } } }
            tbody {
                @for row in &rows {
                    tr {
                        @for (i, cell) in row.iter().enumerate() {
                            @if i == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use connlab::link;

    use super::*;

    #[test]
    fn a_charts_table_has_a_heading_for_each_column_and_a_row_for_each_second() {
        let scenario = link::scenario("p=incident&duration=25s");
        let mut sim = Sim::new(&scenario);
        sim.run();
        for chart in Chart::ALL {
            let mut numbers = Numbers::new(chart.id(), &scenario).expect("a chart");
            assert!(numbers.advance(10).is_none(), "ten events are no run");
            let html = numbers.advance(u32::MAX).expect("the run").into_string();
            let Table { columns, rows } = chart.table(&sim.series());
            assert_eq!(html.matches("<th scope=\"col\">").count(), columns.len(), "{html}");
            assert_eq!(html.matches("<th scope=\"row\">").count(), rows.len(), "{html}");
            for cell in &rows[21] {
                assert!(html.contains(&format!(">{cell}</t")), "{}: {cell}", chart.id());
            }
        }
        assert!(Numbers::new("scene", &scenario).is_none(), "the scene's table is the page's own");
    }
}
