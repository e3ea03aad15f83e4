//! Everything that looks at the generator as a whole: one binary, so that it links once.

mod arrows;
mod catalogue;
mod commands;
mod corpus;
mod crash;
mod data;
mod demo;
mod gate;
mod inputs;
mod markup;
mod publish;
mod rebuild;
mod reproducible;
mod search;
mod serve;
mod sites;
mod support;
