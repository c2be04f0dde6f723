//! Who listens to a run, and the calls by which layers tell it.
//!
//! Layers call `Sim::note...` where something happens. Without a listener that is one branch.

use super::Tap;
use crate::scenario::Scenario;
use crate::sim::Sim;
use crate::sim::client::{AttemptId, RequestId};
use crate::sim::error::{ErrorKind, Wording};
use crate::sim::pool::go::PconnId;
use crate::sim::recording::Recording;
use crate::sim::tcp::ConnId;
use crate::sim::trace::wire::WireTap;
use crate::sim::trace::{Side, Sighting, What};
use crate::time::SimTime;

/// Where a run has its tap, if it has one. A copy of the run has none: what happens is recorded once.
#[derive(Debug, Default)]
pub struct Tapped(Option<Listener>);

/// Who listens to a run.
#[derive(Debug)]
enum Listener {
    /// Keeps the history of one request.
    Request(Box<Tap>),
    /// Keeps what is seen on the wire.
    Wire(Box<WireTap>),
}

impl Clone for Tapped {
    fn clone(&self) -> Self {
        Tapped(None)
    }
}

impl Listener {
    fn on_connection(&mut self, sim: &Sim, id: ConnId, what: What) {
        match self {
            Listener::Request(tap) => tap.on_connection(sim, id, what),
            Listener::Wire(tap) => tap.on_connection(sim, id, what),
        }
    }

    /// Something happens to a connection of the Transport, if there is still anything of it.
    fn on_pconn(&mut self, sim: &Sim, id: PconnId, what: What) {
        if let Some(conn) = sim.pconns[id].conn.filter(|conn| sim.conns.contains(*conn)) {
            self.on_connection(sim, conn, what);
        }
    }
}

impl Sim {
    /// A run with a tap on a request.
    pub(in crate::sim::trace) fn with_tap(scenario: &Scenario, recording: Recording, tap: Tap) -> Sim {
        let mut sim = Sim::with_recording(scenario, recording);
        sim.tap = Tapped(Some(Listener::Request(Box::new(tap))));
        sim.note_instant();
        sim
    }

    pub(in crate::sim::trace) fn tap(&self) -> &Tap {
        match &self.tap.0 {
            Some(Listener::Request(tap)) => tap,
            _ => unreachable!("a run with a tap on a request"),
        }
    }

    /// Looks at every packet from now on, which takes memory until [`Sim::take_sightings`] is called. It needs the
    /// feature `trace`, and changes nothing.
    pub fn watch_wire(&mut self) {
        self.tap = Tapped(Some(Listener::Wire(Box::default())));
    }

    /// What has been seen since the last call; nothing without [`Sim::watch_wire`].
    pub fn take_sightings(&mut self) -> Vec<Sighting> {
        match &mut self.tap.0 {
            Some(Listener::Wire(tap)) => tap.take(),
            _ => Vec::new(),
        }
    }

    /// Whether there is a tap. Without the feature there is none, and the compiler leaves all of this out.
    #[inline]
    pub(in crate::sim) fn has_tap(&self) -> bool {
        cfg!(feature = "trace") && self.tap.0.is_some()
    }

    #[cold]
    #[inline(never)]
    fn with_the_tap(&mut self, tell: impl FnOnce(&mut Tap, &Sim)) {
        self.with_the_listener(|listener, sim| {
            if let Listener::Request(tap) = listener {
                tell(tap, sim);
            }
        });
    }

    #[cold]
    #[inline(never)]
    fn with_the_listener(&mut self, tell: impl FnOnce(&mut Listener, &Sim)) {
        if let Some(mut listener) = self.tap.0.take() {
            tell(&mut listener, self);
            self.tap.0 = Some(listener);
        }
    }

    /// Something happens to a connection.
    #[inline]
    pub(in crate::sim) fn note(&mut self, id: ConnId, what: What) {
        if self.has_tap() {
            self.with_the_listener(|listener, sim| listener.on_connection(sim, id, what));
        }
    }

    /// Something happens to a connection of the Transport.
    #[inline]
    pub(in crate::sim) fn note_pconn(&mut self, id: PconnId, what: What) {
        if self.has_tap() {
            self.with_the_listener(|listener, sim| listener.on_pconn(sim, id, what));
        }
    }

    /// This end's retransmission timer now fires at `at`.
    #[inline]
    pub(in crate::sim) fn note_timer(&mut self, id: ConnId, side: Side, at: SimTime) {
        if self.has_tap() {
            self.with_the_tap(|tap, sim| {
                if let Some(capture) = tap.captures.get_mut(&sim.conns[id].number) {
                    capture.set_due(sim.now, side, at);
                }
            });
        }
    }

    /// Something happens to a request.
    #[inline]
    pub(in crate::sim) fn note_request(&mut self, id: RequestId, what: What) {
        if self.has_tap() {
            self.with_the_tap(|tap, sim| {
                let request = &sim.requests[id];
                if request.number == tap.request {
                    tap.on_request(sim, request.host, None, what);
                }
            });
        }
    }

    /// Something happens to an attempt.
    #[inline]
    pub(in crate::sim) fn note_attempt(&mut self, id: AttemptId, what: What) {
        if self.has_tap() {
            self.note_request(self.attempts[id].request, what);
        }
    }

    /// An attempt dials a connection, or connect() fails at once.
    #[inline]
    pub(in crate::sim) fn note_dial(&mut self, id: AttemptId, number: u32, error: Option<ErrorKind>) {
        if self.has_tap() {
            self.with_the_tap(|tap, sim| {
                let request = &sim.requests[sim.attempts[id].request];
                let what = error.map_or(What::Dials { request: request.number }, What::ConnectFails);
                tap.dials(request.host, request.number);
                if tap.meets(number, request.number).is_some() {
                    tap.on_request(sim, request.host, Some(number), what);
                }
            });
        }
    }

    /// A connection is handed to an attempt, or its request goes on it.
    #[inline]
    pub(in crate::sim) fn note_taken(
        &mut self,
        attempt: AttemptId,
        id: PconnId,
        idle_since: Option<SimTime>,
        now: bool,
    ) {
        if self.has_tap() {
            self.with_the_listener(|listener, sim| {
                let request = sim.requests[sim.attempts[attempt].request].number;
                if let Listener::Request(tap) = listener {
                    let is_stranger = request != tap.request;
                    if let Some(capture) = tap.meets(sim.pconns[id].number, request) {
                        capture.begin_exchange(is_stranger);
                    }
                }
                let what = match now {
                    true => What::Takes { request, earlier: 0, idle_since },
                    false => What::Handed { request },
                };
                listener.on_pconn(sim, id, what);
            });
        }
    }

    /// The request has its outcome.
    #[inline]
    pub(in crate::sim) fn note_end(&mut self, id: RequestId, error: Option<(ErrorKind, Wording)>) {
        if self.has_tap() {
            self.note_request(id, What::Ends(error.map(|(kind, _)| kind)));
            self.with_the_tap(|tap, sim| {
                if sim.requests[id].number == tap.request {
                    tap.ended = Some(sim.now);
                    tap.error = error.map(|(kind, wording)| (kind, wording.text(kind)));
                }
            });
        }
    }

    /// The timetable changes a parameter.
    #[inline]
    pub(in crate::sim) fn note_change(&mut self, number: u16) {
        if self.has_tap() {
            self.with_the_tap(|tap, sim| tap.on_request(sim, 0, None, What::Changes(number)));
        }
    }

    /// An event is over.
    #[inline]
    pub(in crate::sim) fn note_instant(&mut self) {
        if self.has_tap() {
            self.with_the_tap(|tap, sim| tap.watch(sim));
        }
    }
}
