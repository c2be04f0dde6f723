//! How the page looks: which part of it, in which view, in which colours.

/// The parts of the page on a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// Charts.
    See,
    /// Settings.
    Change,
    /// Errors.
    Why,
}

/// How the page is laid out: the link's `view`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Everything.
    Workbench,
    /// What the page is and three ways to begin: for a visit without a link.
    Start,
    /// Few things, large, for a lecture room.
    Projector,
    /// The charts, within another page.
    Embed,
}

/// What became of the link that was to be copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// No message.
    Not,
    /// It is on the clipboard.
    Copied,
    /// The clipboard is not ours: the visitor copies from a box.
    Refused,
}

impl Share {
    /// What is said of a link that was copied.
    pub const COPIED: &str = "Link copied";
}

/// The link's `theme`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThemeChoice {
    /// As the system says.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Pane {
    /// All panes, in the order of the tabs.
    pub const ALL: [Pane; 3] = [Pane::See, Pane::Change, Pane::Why];

    /// Its tab.
    pub fn name(self) -> &'static str {
        match self {
            Pane::See => "See",
            Pane::Change => "Change",
            Pane::Why => "Why",
        }
    }
}

impl View {
    /// The value in the link.
    pub fn name(self) -> &'static str {
        match self {
            View::Workbench => "workbench",
            View::Start => "start",
            View::Projector => "projector",
            View::Embed => "embed",
        }
    }
}

impl ThemeChoice {
    /// All choices, in the order in which a button goes through them.
    pub const ALL: [ThemeChoice; 3] = [ThemeChoice::System, ThemeChoice::Light, ThemeChoice::Dark];

    /// The value in the link; empty for none.
    pub fn name(self) -> &'static str {
        match self {
            ThemeChoice::System => "",
            ThemeChoice::Light => "light",
            ThemeChoice::Dark => "dark",
        }
    }

    /// The next choice.
    pub fn next(self) -> ThemeChoice {
        Self::ALL[(self as usize + 1) % Self::ALL.len()]
    }
}
