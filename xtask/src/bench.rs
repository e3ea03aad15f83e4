//! `cargo xtask bench`.

mod corpus;
mod gongkai;
mod hugo;
mod measure;
mod random;
mod words;

use std::io;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000")]
    pages: Vec<usize>,
    #[arg(long, default_value = "/dev/shm/gongkai-bench")]
    dir: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> io::Result<()> {
    let _ = (&arguments.pages, &arguments.dir);
    Ok(())
}

pub(crate) fn write_corpus(dir: &Path, pages: usize) -> io::Result<()> {
    gongkai::write_site(&dir.join("gongkai"), pages)?;
    hugo::write_site(&dir.join("hugo"), pages)
}
