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

/// How a picture looks, and what it is written as.
#[derive(Clone, Copy)]
pub struct Look {
    /// What it is made for.
    pub form: Form,
    /// Its colours.
    pub theme: &'static Theme,
    /// The page makes pixels of it.
    pub is_png: bool,
}

impl Look {
    /// By what stands in its name behind what it is of: `-dark.svg`.
    pub fn read(name: &str) -> Option<Look> {
        let (look, end) = name.split_once('.')?;
        let (_, form, theme) = LOOKS.into_iter().find(|(known, ..)| *known == look)?;
        let is_png = match end {
            "svg" => false,
            "png" => true,
            _ => return None,
        };
        Some(Look { form, theme, is_png })
    }

    /// The file of this document.
    pub fn written(self, svg: String) -> Written {
        if self.is_png { Written::Picture(address(&svg)) } else { Written::Bytes(svg.into_bytes()) }
    }
}

/// A picture under way.
pub struct Drawing {
    chart: Chart,
    look: Look,
    design: Design,
    sim: Box<Sim>,
    /// The run that is pinned.
    a: Option<Box<Sim>>,
}

impl Drawing {
    /// By the file's name: `latency.svg`, `latency-dark.svg`, `latency-slide.png`. Nothing has been computed yet.
    pub fn new(name: &str, decoded: &Decoded) -> Option<Drawing> {
        let chart = Chart::ALL.into_iter().find(|chart| name.starts_with(chart.id()))?;
        let look = Look::read(&name[chart.id().len()..])?;
        let design = Design::of(decoded).design;
        let sim = Box::new(Sim::new(&design.recipe.scenario));
        let a = design.pinned.as_ref().map(|pinned| Box::new(Sim::new(&pinned.scenario)));
        Some(Drawing { chart, look, design, sim, a })
    }

    /// The picture, after about so many more events.
    pub fn advance(&mut self, budget: u32) -> Option<Written> {
        for sim in [Some(&mut self.sim), self.a.as_mut()].into_iter().flatten() {
            if sim.advance(sim.end(), budget) == Progress::Budget {
                return None;
            }
        }
        Some(self.look.written(self.svg()))
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
        evidence::chart(self.chart, &pictured, self.look.form, self.look.theme)
    }
}

/// The address that means this document: what would end it or begin an escape is escaped.
fn address(svg: &str) -> String {
    format!("data:image/svg+xml;charset=utf-8,{}", svg.replace('%', "%25").replace('#', "%23"))
}
