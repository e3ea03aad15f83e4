//! Rebuilds when an embedded file is added or removed; the macro alone only sees changes.

fn main() {
    for folder in ["../themes/portal", "preview", "registers", "rules", "search"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
