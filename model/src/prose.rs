//! Texts that explain, in tables that programs share which have no use for them.

/// A text for people. Without the feature `prose` there is nothing in it: the tables keep their rows, and a program
/// that gets its explanations from elsewhere does not carry them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prose(#[cfg(feature = "prose")] &'static str);

impl Prose {
    /// This text, which is forgotten without the feature.
    #[cfg_attr(not(feature = "prose"), expect(unused_variables, reason = "that is what the feature is for"))]
    pub const fn new(text: &'static str) -> Prose {
        Prose(
            #[cfg(feature = "prose")]
            text,
        )
    }

    /// The text.
    #[cfg(feature = "prose")]
    pub const fn text(self) -> &'static str {
        self.0
    }
}
