//! What stands in the document as pictures: charts and scene on their canvases, and how large these are.

use std::rc::Rc;

use connlab::chart::{Chart, Look, Theme};
use connlab::scene::{Scene, Viewport};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlCanvasElement, ResizeObserver};

use super::{Link, PageEvent};
use crate::address;
use crate::app::{App, Msg};
use crate::canvas::Canvas;
use crate::scene::paint;
use crate::shown::Shown;
use crate::views::{charts, lanes, scene};

/// Paints what has changed, and tells when something has another size.
pub struct Painter {
    observer: Option<ResizeObserver>,
    /// Elements whose size is told, and their names.
    measured: Vec<(&'static str, Element)>,
    charts: Vec<(Chart, Element, Picture)>,
    scene: Option<(Element, Stage)>,
    /// How much larger the style sheet has everything, as it was when something last had another size.
    zoom: Option<f64>,
    /// For which size and scale of the scene's canvas its viewport was told.
    fits: Option<((i32, i32), f64)>,
}

/// What a chart's canvas shows.
#[derive(Clone)]
struct Picture {
    shown: Rc<Shown>,
    /// The run that it is compared with.
    a: Option<Rc<Shown>>,
    size: (i32, i32),
    dark: bool,
    weight: f64,
}

/// What the scene's canvas shows.
#[derive(Clone)]
struct Stage {
    seen: Rc<Scene>,
    size: (i32, i32),
    dark: bool,
    scale: f64,
}

impl PartialEq for Picture {
    fn eq(&self, other: &Self) -> bool {
        let (a, other_a) = (self.a.as_ref().map(Rc::as_ptr), other.a.as_ref().map(Rc::as_ptr));
        Rc::ptr_eq(&self.shown, &other.shown)
            && a == other_a
            && (self.size, self.dark, self.weight) == (other.size, other.dark, other.weight)
    }
}

impl PartialEq for Stage {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.seen, &other.seen)
            && (self.size, self.dark, self.scale) == (other.size, other.dark, other.scale)
    }
}

impl Painter {
    /// Tells when something has another size.
    pub fn new(link: Link) -> Painter {
        let changed = Closure::<dyn FnMut()>::new(move || link.tell(PageEvent::Sized)).into_js_value();
        let observer = ResizeObserver::new(changed.unchecked_ref()).ok();
        Painter { observer, measured: Vec::new(), charts: Vec::new(), scene: None, zoom: None, fits: None }
    }

    /// Tells the size of everything that is measured.
    pub fn sizes(&mut self, link: &Link) {
        self.zoom = None;
        for (name, element) in self.measured.iter().filter(|(_, element)| element.is_connected()) {
            link.hears(Msg::Sized((*name).into(), (element.client_width(), element.client_height())));
        }
    }

    /// The page is drawn: paints what is not as it was.
    pub fn paint(&mut self, app: &App, link: &Link) {
        self.find(lanes::LANE);
        for chart in Chart::ALL {
            self.chart(app, chart);
        }
        self.scene(app, link);
    }

    /// The element with this name, if it is there; from now on its size is told.
    fn find(&mut self, name: &'static str) -> Option<Element> {
        let there = address::document().query_selector(&format!("[data-measure={name}]")).ok().flatten();
        let before = self.measured.iter().position(|(of, _)| *of == name);
        let before = before.map(|before| self.measured.swap_remove(before).1);
        if let Some(element) = &there {
            self.measured.push((name, element.clone()));
        }
        if before == there {
            return there;
        }
        self.zoom = None;
        if let Some(observer) = &self.observer {
            before.iter().for_each(|element| observer.unobserve(element));
            there.iter().for_each(|element| observer.observe(element));
        }
        there
    }

    /// Device pixels to a pixel of this element's layout.
    fn pixel_ratio(&mut self, element: &Element) -> f64 {
        address::window().device_pixel_ratio() * *self.zoom.get_or_insert_with(|| address::zoom(element))
    }

    fn chart(&mut self, app: &App, chart: Chart) -> Option<()> {
        let element = self.find(chart.id())?;
        let (shown, size) = (app.page.shown()?.clone(), app.size(chart.id()));
        let a = app.page.compared().cloned();
        let picture = Picture { shown, a, size, dark: app.page.is_dark(), weight: charts::scale(&app.page).0 };
        if self.charts.iter().any(|(of, on, before)| (*of, on, before) == (chart, &element, &picture)) {
            return None;
        }
        self.charts.retain(|(of, ..)| *of != chart);
        draw(element.unchecked_ref(), chart, &picture, self.pixel_ratio(&element));
        self.charts.push((chart, element, picture));
        None
    }

    fn scene(&mut self, app: &App, link: &Link) -> Option<()> {
        let element = self.find(scene::SCENE)?;
        let canvas: &HtmlCanvasElement = element.unchecked_ref();
        let (size, scale) = (app.size(scene::SCENE), scene::scale(&app.page));
        if self.fits.replace((size, scale)) != Some((size, scale)) {
            link.hears(Msg::Fits(viewport(canvas, size, scale)));
        }
        let seen = app.player.scene.as_ref()?.1.clone();
        let dark = app.page.is_dark();
        let stage = Stage { seen, size, dark, scale };
        if self.scene.as_ref().is_some_and(|(on, before)| (on, before) == (&element, &stage)) {
            return None;
        }
        // A canvas that is not visible has nothing to paint on.
        let _ = paint::paint(canvas, size, self.pixel_ratio(&element), scale, &stage.seen.layers, dark);
        self.scene = Some((element, stage));
        None
    }
}

fn draw(canvas: &HtmlCanvasElement, chart: Chart, picture: &Picture, pixel_ratio: f64) {
    let Some(canvas) = Canvas::prepare(canvas, picture.size, pixel_ratio) else { return };
    let theme = if picture.dark { &Theme::DARK } else { &Theme::LIGHT };
    let look = Look { theme, scale: canvas.scale, weight: picture.weight };
    let area = plotters::prelude::IntoDrawingArea::into_drawing_area(canvas);
    // A canvas cannot fail.
    let _ = chart.draw(&area, &picture.shown.series, picture.a.as_ref().map(|a| &a.series), &look);
}

/// From this width on the tallies stand in the picture; on a phone they stand below it.
const TALLIES_FROM: i32 = 640;

fn viewport(canvas: &HtmlCanvasElement, (width, height): (i32, i32), scale: f64) -> Viewport {
    let tallies = scale <= 1.0 && width >= TALLIES_FROM;
    Viewport { width, height, scale, sample: paint::sample(canvas), calm: false, tallies }
}
