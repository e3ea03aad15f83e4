//! Everything that looks at the generator as a whole: one binary, so that it links once.

mod sites;
mod support;
