//! What is told of events: their lines, and the literals of their values.

mod brief;
mod changed;
mod literal;
mod told;
