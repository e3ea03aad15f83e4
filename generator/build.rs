//! What must be made before the crate is compiled: the browser's search program as it is published. Rebuilds when
//! an embedded file is added or removed; the macro alone only sees changes.

use std::env;
use std::fs;
use std::path::Path;

use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions, CommentOptions};
use oxc_minifier::{CompressOptions, MangleOptions, Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_span::SourceType;

/// Where the search program has the part of the table that every search needs.
const CHARACTERS: &str = "\"@CHARACTERS@\"";

fn main() {
    for folder in ["../themes/portal", "preview", "registers", "rules", "search"] {
        println!("cargo:rerun-if-changed={folder}");
    }
    let read = |path: &str| fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let table = read("search/fold.txt");
    let characters = table.split("[characters]\n").nth(1).and_then(|rest| rest.split("\n[").next());
    let characters = characters.expect("the table has this part").trim();
    // What Rust escapes in a text means the same in JavaScript.
    let client = read("search/client.js").replacen(CHARACTERS, &format!("{characters:?}"), 1);
    let folder = env::var_os("OUT_DIR").expect("cargo says where");
    fs::write(Path::new(&folder).join("client.js"), minified(&client)).expect("cargo's folder can be written");
}

/// A module with the same exports in fewer bytes.
fn minified(module: &str) -> String {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, module, SourceType::mjs()).parse();
    assert!(parsed.errors.is_empty(), "client.js: {:?}", parsed.errors);
    let mut program = parsed.program;
    let mangle = MangleOptions { top_level: Some(true), ..MangleOptions::default() };
    let options = MinifierOptions { mangle: Some(mangle), compress: Some(CompressOptions::smallest()) };
    let minified = Minifier::new(options).minify(&allocator, &mut program);
    let options = CodegenOptions { minify: true, comments: CommentOptions::disabled(), ..CodegenOptions::default() };
    let writer = Codegen::new().with_options(options).with_scoping(minified.scoping);
    writer.with_private_member_mappings(minified.class_private_mappings).build(&program).code
}
