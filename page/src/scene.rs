//! The scene at the playhead: the explainer lays it out ([`connlab::scene`]), [`paint`] paints it, and [`tallies`]
//! counts what has failed, by the place of its cause.

pub mod paint;
pub mod tallies;
