//! Events out of texts: blocks, and keys with values.

mod casting;
mod lost;
mod written;
