//! A chart of a run as a picture: an SVG document, or the address of one that the page makes pixels of.

use connlab::chart::{Chart, Theme};
use connlab::evidence::{self, Form, Pictured};
use connlab::experiment::design::Design;
use connlab::link::Decoded;
use connlab::sentence::Sentence;
use connlab::sim::{Progress, Sim};

use super::Written;

/// How a picture looks, by what stands in its name behind the chart's.
const LOOKS: [(&str, Form, &Theme); 3] = [
    ("", Form::Document, &Theme::LIGHT),
    ("-dark", Form::Document, &Theme::DARK),
    ("-slide", Form::Thumbnail, &Theme::LIGHT),
];

/// A picture under way.
pub struct Drawing {
    chart: Chart,
    form: Form,
    theme: &'static Theme,
    /// The page makes pixels of it.
    is_png: bool,
    design: Design,
    sim: Box<Sim>,
    /// The run that is pinned.
    a: Option<Box<Sim>>,
}

impl Drawing {
    /// By the file's name: `latency.svg`, `latency-dark.svg`, `latency-slide.png`. Nothing has been computed yet.
    pub fn new(name: &str, decoded: &Decoded) -> Option<Drawing> {
        let (stem, is_png) = match name.strip_suffix(".png") {
            Some(stem) => (stem, true),
            None => (name.strip_suffix(".svg")?, false),
        };
        let chart = Chart::ALL.into_iter().find(|chart| stem.starts_with(chart.id()))?;
        let (_, form, theme) = LOOKS.into_iter().find(|(look, ..)| *look == &stem[chart.id().len()..])?;
        let design = Design::of(decoded).design;
        let sim = Box::new(Sim::new(&design.recipe.scenario));
        let a = design.pinned.as_ref().map(|pinned| Box::new(Sim::new(&pinned.scenario)));
        Some(Drawing { chart, form, theme, is_png, design, sim, a })
    }

    /// The picture, after about so many more events.
    pub fn advance(&mut self, budget: u32) -> Option<Written> {
        for sim in [Some(&mut self.sim), self.a.as_mut()].into_iter().flatten() {
            if sim.advance(sim.end(), budget) == Progress::Budget {
                return None;
            }
        }
        let svg = self.svg();
        Some(if self.is_png { Written::Picture(address(&svg)) } else { Written::Bytes(svg.into_bytes()) })
    }

    fn svg(&self) -> String {
        let (recipe, report, series) = (&self.design.recipe, self.sim.report(), self.sim.series());
        let a = self.a.as_ref().map(|a| a.series());
        let pictured = Pictured {
            preset: recipe.preset,
            sentence: &Sentence::of(&recipe.scenario, &report, &series),
            link: &self.design.encode(),
            report: &report,
            series: &series,
            a: a.as_ref(),
        };
        evidence::chart(self.chart, &pictured, self.form, self.theme)
    }
}

/// The address that means this document: what would end it or begin an escape is escaped.
pub(super) fn address(svg: &str) -> String {
    format!("data:image/svg+xml;charset=utf-8,{}", svg.replace('%', "%25").replace('#', "%23"))
}
