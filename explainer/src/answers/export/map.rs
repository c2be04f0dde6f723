//! The map of a sweep as a file: a picture, or a table of its cells.

use connlab::evidence::{self, Swept};
use connlab::experiment::map;
use connlab::link;

use super::Written;
use super::picture::Look;
use crate::answers::sweep::Sheet;
use crate::runs::RunCache;

/// The files, by name, and what they are called.
pub const FILES: [(&str, &str); 6] = [
    ("map.svg", "SVG"),
    ("map-dark.svg", "SVG, dark"),
    ("map.png", "PNG"),
    ("map-slide.png", "PNG for a slide"),
    ("map.csv", "CSV"),
    ("map.json", "JSON"),
];

/// A map under way; it is as full as it is then.
pub struct Mapping {
    name: &'static str,
    /// The link of the sweep.
    link: String,
}

impl Mapping {
    /// By the file's name and the link of the sweep.
    pub fn new(name: &str, link: &str) -> Option<Mapping> {
        let (name, _) = FILES.into_iter().find(|(known, _)| *known == name)?;
        Some(Mapping { name, link: link.into() })
    }

    /// The file, after about so many more events: the link's own run has to be there.
    pub fn advance(&mut self, runs: &mut RunCache, budget: u32) -> Option<Written> {
        let sheet = match Sheet::read(&self.link, runs) {
            Ok(sheet) => sheet,
            Err(why_not) => return Some(Written::Not(why_not)),
        };
        let recipe = link::decode(&self.link).recipe;
        let own = runs.report(&recipe.scenario, budget)?;
        let map = sheet.map.borrow();
        let view = sheet.view(&map);
        let name = recipe.preset.map_or("Own settings", |preset| preset.title);
        let link = sheet.link();
        let swept = Swept { name, link: &link, fingerprint: &own.fingerprint };
        Some(match self.name {
            "map.csv" => Written::Bytes(map::csv(&view).into_bytes()),
            "map.json" => Written::Bytes(map::json(&view, &link).into_bytes()),
            picture => {
                let look = Look::read(picture.strip_prefix("map")?)?;
                look.written(evidence::map(&view, &swept, look.form, look.theme))
            }
        })
    }
}
