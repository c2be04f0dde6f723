//! One chart: caption with numbers, canvas, and the same as a table.

use connlab::chart::{Chart, Look, Readout, Side, Theme};
use connlab::question::Topic;
use connlab::words::fixed;
use plotters::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlCanvasElement, HtmlDetailsElement, ResizeObserver};
use yew::prelude::*;

use super::answer::answer;
use super::{Same, escaped, glyph, markup, when};
use crate::address;
use crate::canvas::Canvas;
use crate::panel::{Ask, Panel};
use crate::shown::Shown;

/// What to show.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// Which chart.
    pub chart: Chart,
    /// Of which run.
    pub shown: Same<Shown>,
    /// In which colours.
    pub dark: bool,
    /// How much wider lines are than on a desk.
    pub weight: f64,
    /// How much larger text is.
    pub scale: f64,
    /// Which bucket the header reads; `None`: the whole run.
    #[prop_or_default]
    pub bucket: Option<usize>,
    /// What is known of the numbers behind it, while their table is open.
    pub numbers: Option<Same<Panel>>,
    /// Whom to tell that it is opened, or closed.
    pub ask: Callback<Ask>,
}

/// The size that labels are made for until the real one is known.
const USUAL: (f64, f64) = (600.0, 60.0);

/// The height of a line of labels, in pixels on a desk.
const LINE: f64 = 11.0;

/// A chart.
#[component]
pub fn Figure(props: &Props) -> Html {
    let canvas = use_node_ref();
    let size = use_size(canvas.clone());
    {
        let canvas = canvas.clone();
        // The header alone follows the playhead, the table the panel.
        let picture = Props { bucket: None, numbers: None, ..props.clone() };
        use_effect_with((picture, size), move |(props, size)| {
            if let Some(canvas) = canvas.cast::<HtmlCanvasElement>() {
                paint(&canvas, props, *size);
            }
        });
    }
    let Props { chart, shown, .. } = props;
    let (width, height) = if size.0 > 0 { (f64::from(size.0), f64::from(size.1)) } else { USUAL };
    let readouts = match props.bucket {
        Some(bucket) => chart.readouts_at(&shown.report, &shown.series, shown.series.bucket_start(bucket), width),
        None => chart.readouts(&shown.report, &shown.series),
    };
    let readout = |Readout { mark, label, value, of }| {
        let (mark, value, of) = (glyph::mark(mark), escaped(&value), escaped(&of));
        format!("<span class=readout>{mark}{label} <b>{value}</b> {of}</span>")
    };
    let readouts: String = readouts.into_iter().map(readout).collect();
    let lines = height / (LINE * props.scale);
    let labels = chart.labels(&shown.series, (width, lines)).into_iter().map(|label| {
        let class = if label.side == Side::Left { "label at-left" } else { "label at-right" };
        html! { <span ~className={class} ~style={format!("--at:{}%", fixed(label.at * 100.0, 2))}>{label.text}</span> }
    });
    html! {
        <figure ~className={format!("chart chart-{}", chart.id())} data-chart={chart.id()}>
            <figcaption>
                <h2>{chart.title()}</h2>
                <span class="readouts">{markup(readouts)}</span>
                <span class="what">{chart.unit()}</span>
                {table(props)}
            </figcaption>
            <div class="plot">
                <canvas ref={canvas} role="img" aria-label={chart.describe(&shown.report, &shown.series)}></canvas>
                <div aria-hidden="true">{for labels}</div>
            </div>
        </figure>
    }
}

fn paint(canvas: &HtmlCanvasElement, props: &Props, size: (i32, i32)) {
    let pixel_ratio = address::pixel_ratio(canvas);
    let Some(canvas) = Canvas::prepare(canvas, size, pixel_ratio) else { return };
    let theme = if props.dark { &Theme::DARK } else { &Theme::LIGHT };
    let look = Look { theme, scale: canvas.scale, weight: props.weight };
    let area = canvas.into_drawing_area();
    // A canvas cannot fail.
    let _ = props.chart.draw(&area, &props.shown.series, &look);
}

/// The size of an element in pixels, for as long as the component lives.
#[hook]
pub fn use_size(node: NodeRef) -> (i32, i32) {
    let size = use_state_eq(|| (0, 0));
    let result = *size;
    use_effect_with(node, move |node| {
        let element = node.cast::<web_sys::Element>();
        let measured = element.clone();
        let callback = Closure::<dyn FnMut()>::new(move || {
            if let Some(element) = &measured {
                size.set((element.client_width(), element.client_height()));
            }
        });
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok();
        if let (Some(observer), Some(element)) = (&observer, &element) {
            observer.observe(element);
        }
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            drop(callback);
        }
    });
    result
}

/// The numbers behind the picture: the explainer's answer, while somebody looks at them.
fn table(Props { chart, numbers, ask, .. }: &Props) -> Html {
    let chart = *chart;
    let ontoggle = when(ask, move |event: Event| {
        let details: HtmlDetailsElement = event.target()?.dyn_into().ok()?;
        Some(Ask::Table(chart, details.open()))
    });
    html! {
        <details class="table" open={numbers.is_some()} {ontoggle}>
            <summary>{"Table"}<span class="sr">{": "}{chart.title()}</span></summary>
            <div class="sheet" tabindex="0" role="region" aria-label={chart.title()}>
                if let Some(panel) = numbers { {answer(panel, Topic::Table)} }
            </div>
        </details>
    }
}
