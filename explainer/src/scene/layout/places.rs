//! Where things stand: the zones, and places in rows.

use super::shapes::{Form, Point};

/// Below this width the client is its numbers.
const WIDE: f64 = 540.0;
/// Below this one some words are left out.
const ROOMY: f64 = 680.0;
/// Places that are closer to each other than this have no outlines while they are free.
const OUTLINED: f64 = 8.0;
/// Two buttons, one above the other.
pub(super) const TALLIES: f64 = 48.0;

/// Where the zones are.
pub(super) struct Zones {
    pub(super) wide: bool,
    /// There is room for more than the numbers.
    pub(super) roomy: bool,
    pub(super) tallies: bool,
    pub(super) left: f64,
    pub(super) width: f64,
    pub(super) bottom: f64,
    /// Right edge of the client, where its ports are.
    pub(super) client: f64,
    /// Left edges of the server's kernel and program.
    pub(super) kernel: f64,
    pub(super) program: f64,
    /// Top and bottom of what is below the headers and above the tallies.
    pub(super) top: f64,
    pub(super) floor: f64,
}

impl Zones {
    pub(super) fn new((width, height): (f64, f64), tallies: bool) -> Zones {
        let wide = width >= WIDE;
        let tallies = tallies && wide;
        let right = width - if wide { 8.0 } else { 1.0 };
        // Without much room the server's queues have most of it.
        let (client, network, program) = match width {
            ROOMY.. => (172.0, 0.22, 0.246),
            WIDE.. => (width * 0.243, 0.19, 0.248),
            _ => (width * 0.25, 0.11, 0.22),
        };
        let left = if wide { 8.0 } else { 1.0 };
        let bottom = height - if wide { 6.0 } else { 1.0 };
        Zones {
            wide,
            roomy: width >= ROOMY,
            tallies,
            left,
            width: right,
            bottom,
            client: libm::round(left + client),
            kernel: libm::round(left + client + right * network),
            program: libm::round(right - right * program),
            top: if wide { 33.0 } else { 26.0 },
            floor: bottom - 7.0 - if tallies { TALLIES } else { 0.0 },
        }
    }
}

/// Places in rows.
pub(super) struct Grid {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// From one place to the next.
    pub(super) pitch: (f64, f64),
}

impl Grid {
    /// `n` places of about this ratio of width to height in a box; a full last row if that can be had.
    pub(super) fn new(n: usize, (x, y, width, height): (f64, f64, f64, f64), ratio: f64, widest: f64) -> Grid {
        let n = n.max(1);
        let least = (libm::ceil(libm::sqrt(n as f64 * width / (height * ratio)) - 0.2) as usize).clamp(1, n);
        let near = (0..=least / 3).flat_map(|more| [least - more, least + more]);
        let columns = near.into_iter().find(|columns| n.is_multiple_of(*columns)).unwrap_or(least);
        let rows = n.div_ceil(columns);
        let pitch = ((width / columns as f64).min(widest), (height / rows as f64).min(widest / ratio));
        Grid { x, y, columns, rows, pitch }
    }

    /// A free place: its outline, or a dot where so many outlines would be one surface.
    pub(super) fn free(&self, outline: Form) -> Form {
        match outline {
            Form::Rect(x, y, width, height) if self.pitch.0.min(self.pitch.1) < OUTLINED => {
                Form::Rect(x + width / 2.0, y + height / 2.0, 0.5, 0.5)
            }
            outline => outline,
        }
    }

    /// The outline of a worker.
    pub(super) fn cell(&self, i: usize) -> Form {
        let (x, y) = self.place(i % self.columns, i / self.columns);
        let less = |pitch: f64| pitch - 4.0_f64.min(pitch / 4.0);
        Form::Rect(x + 0.5, y + 0.5, less(self.pitch.0), less(self.pitch.1))
    }

    pub(super) fn place(&self, column: usize, row: usize) -> Point {
        (self.x + column as f64 * self.pitch.0, self.y + row as f64 * self.pitch.1)
    }
}

/// The accept queue: its places from the bottom, one of them on top.
pub(super) struct Tank {
    pub(super) grid: Grid,
    pub(super) places: usize,
    /// The last place has a row of its own.
    pub(super) lid: bool,
}

impl Tank {
    pub(super) fn place(&self, position: usize) -> Point {
        let Grid { columns, rows, pitch, .. } = self.grid;
        if self.lid && position + 1 == self.places {
            let top = self.grid.place(columns - 1, 0);
            return (top.0, top.1 - pitch.1);
        }
        self.grid.place(position % columns, rows - 1 - (position / columns).min(rows - 1))
    }
}
