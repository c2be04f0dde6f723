//! An M/M/1 queue in nexosim: Poisson arrivals, one server, exponential service times. Takes the arrival rate, the
//! service rate and the length of a run; prints customers, events and the milliseconds of each slice of the run, the
//! fastest there were, between tabs and spaces.
//!
//! An event is a call of a model's method: an arrival at the source, its message to the server, a departure.

use std::time::{Duration, Instant};

use nexosim::model::{Context, Model, schedulable};
use nexosim::ports::{EventSinkReader, Output, SinkState, event_slot};
use nexosim::simulation::{Mailbox, SimInit};
use nexosim::time::MonotonicTime;
use serde::{Deserialize, Serialize};

/// Runs, and slices of each.
const REPETITIONS: usize = 5;
const SLICES: u32 = 10;

/// Exponential times of one rate, from splitmix64.
#[derive(Serialize, Deserialize)]
struct Exponential {
    state: u64,
    per_second: f64,
}

impl Exponential {
    fn next(&mut self) -> Duration {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let unit = ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64;
        // The scheduler refuses the present.
        Duration::from_secs_f64(-(-unit).ln_1p() / self.per_second).max(Duration::from_nanos(1))
    }
}

/// Sends customers.
#[derive(Serialize, Deserialize)]
struct Source {
    gaps: Exponential,
    customer: Output<()>,
}

#[Model]
impl Source {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>) {
        self.plan(cx);
    }

    fn plan(&mut self, cx: &Context<Self>) {
        cx.schedule_event(self.gaps.next(), schedulable!(Self::arrive), ()).expect("in the future");
    }

    #[nexosim(schedulable)]
    async fn arrive(&mut self, _: (), cx: &Context<Self>) {
        self.plan(cx);
        self.customer.send(()).await;
    }
}

/// Serves one customer at a time, in the order of their arrival.
#[derive(Serialize, Deserialize)]
struct Server {
    services: Exponential,
    /// Customers in the system.
    present: u64,
    arrived: u64,
    left: u64,
    counts: Output<(u64, u64)>,
}

#[Model]
impl Server {
    fn serve(&mut self, cx: &Context<Self>) {
        cx.schedule_event(self.services.next(), schedulable!(Self::leave), ()).expect("in the future");
    }

    fn enter(&mut self, _: (), cx: &Context<Self>) {
        self.arrived += 1;
        self.present += 1;
        if self.present == 1 {
            self.serve(cx);
        }
    }

    #[nexosim(schedulable)]
    fn leave(&mut self, _: (), cx: &Context<Self>) {
        self.left += 1;
        self.present -= 1;
        if self.present > 0 {
            self.serve(cx);
        }
    }

    /// Somebody asks how many came and went.
    #[nexosim(schedulable)]
    async fn count(&mut self) {
        self.counts.send((self.arrived, self.left)).await;
    }
}

/// Customers, events and the milliseconds of each slice of a run.
fn run(arrivals: f64, services: f64, length: Duration) -> (u64, u64, Vec<f64>) {
    let mut source = Source { gaps: Exponential { state: 1, per_second: arrivals }, customer: Output::default() };
    let services = Exponential { state: 2, per_second: services };
    let mut server = Server { services, present: 0, arrived: 0, left: 0, counts: Output::default() };
    let (source_box, server_box) = (Mailbox::new(), Mailbox::new());
    source.customer.connect(Server::enter, &server_box);
    let (sink, mut counts) = event_slot(SinkState::Enabled);
    server.counts.connect_sink(sink);
    let mut bench = SimInit::with_num_threads(1);
    let count = nexosim::ports::EventSource::new().connect(Server::count, &server_box).register(&mut bench);
    let bench = bench.add_model(source, source_box, "source").add_model(server, server_box, "server");

    let mut begin = Instant::now();
    let mut simulation = bench.init(MonotonicTime::EPOCH).expect("a sound bench");
    let mut slices = Vec::new();
    for _ in 0..SLICES {
        simulation.step_until(length / SLICES).expect("a sound run");
        slices.push(begin.elapsed().as_secs_f64() * 1e3);
        begin = Instant::now();
    }

    simulation.process_event(&count, ()).expect("a sound event");
    let (arrived, left) = counts.try_read().expect("the counts");
    (arrived, 2 * arrived + left, slices)
}

fn main() {
    let arguments: Vec<f64> = std::env::args().skip(1).map(|argument| argument.parse().expect("a number")).collect();
    let [arrivals, services, seconds] = arguments[..] else { panic!("rate of arrivals, rate of service, seconds") };
    let once = || run(arrivals, services, Duration::from_secs_f64(seconds));
    let (customers, events, mut fastest) = once();
    for _ in 1..REPETITIONS {
        fastest.iter_mut().zip(once().2).for_each(|(fastest, slice)| *fastest = slice.min(*fastest));
    }
    let fastest: Vec<String> = fastest.iter().map(f64::to_string).collect();
    println!("{customers}\t{events}\t{}", fastest.join(" "));
}
