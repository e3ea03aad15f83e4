//! `build`, `plan` and `check`.

use std::io::Write;
use std::path::Path;

use gongkai::diag::Diagnostics;
use gongkai::{Portal, Request};

use super::bars::Bars;
use super::report::summary;
use super::{Console, Format, exit};

/// Builds the portal into `out`.
pub(super) fn build(console: Console, request: &Request, out: &Path) -> u8 {
    let bars = Bars::new(console);
    if let Err(diags) = gongkai::recover(out) {
        console.print(&diags);
        return exit::NOT_WRITTEN;
    }
    let mut portal = match gongkai::prepare(request, &bars) {
        Ok(portal) => portal,
        Err(diags) => return refused(console, &bars, &diags),
    };
    let written = gongkai::write(&mut portal, out, &bars);
    bars.clear();
    console.print(&portal.warnings);
    match written {
        Ok(written) => {
            print!("{}", summary(console, &portal, &written, out));
            // The process ends here: taking a large portal apart piece by piece would only take time.
            std::mem::forget(portal);
            exit::DONE
        }
        Err(diags) => {
            console.print(&diags);
            let write_failed = diags
                .iter()
                .any(|diagnostic| matches!(diagnostic.code, "cannot-write" | "output-busy" | "foreign-output"));
            if write_failed { exit::NOT_WRITTEN } else { closing(console, &diags) }
        }
    }
}

fn refused(console: Console, bars: &Bars, diags: &Diagnostics) -> u8 {
    bars.clear();
    console.print(diags);
    closing(console, diags)
}

fn closing(console: Console, diags: &Diagnostics) -> u8 {
    let errors = diags.errors();
    eprintln!(
        "{}",
        match console.chinese() {
            true => format!("有 {errors} 处错误，什么也没有写；原来的输出没有改动。"),
            false => format!("{errors} errors; nothing was written and the last output is untouched."),
        }
    );
    exit::REFUSED
}

/// Prints every route with its reason.
pub(super) fn plan(console: Console, request: &Request) -> u8 {
    let bars = Bars::new(console);
    let portal = match gongkai::prepare(request, &bars) {
        Ok(portal) => portal,
        Err(diags) => return refused(console, &bars, &diags),
    };
    bars.clear();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in portal.lines() {
        // A closed pipe (`gongkai plan | head`) is the reader's choice, not a failure.
        if writeln!(out, "{}\t{}", line.route, line.reason.pick(console.language)).is_err() {
            break;
        }
    }
    exit::DONE
}

/// Like `check`, after what may be published of whom.
pub(super) fn check_privacy(console: Console, request: &Request, format: Format) -> u8 {
    // The overview belongs to the report for people; programs read findings.
    if matches!(format, Format::Text)
        && let Ok(portal) = gongkai::prepare(&Request { strict: false, ..request.clone() }, &Bars::new(console))
    {
        for line in portal.privacy() {
            println!("{}", line.pick(console.language));
        }
    }
    check(console, request, format)
}

/// Checks everything, rendering included, and writes nothing.
pub(super) fn check(console: Console, request: &Request, format: Format) -> u8 {
    let bars = Bars::new(console);
    let checked =
        gongkai::prepare(request, &bars).and_then(|mut portal| gongkai::rehearse(&mut portal, &bars).map(|()| portal));
    bars.clear();
    let (diags, portal) = match &checked {
        Ok(portal) => (&portal.warnings, Some(portal)),
        Err(diags) => (diags, None),
    };
    match format {
        Format::Json => println!("{}", gongkai::diag::json(diags)),
        Format::Text => {
            console.print(diags);
            verdict(console, diags, portal);
        }
    }
    if checked.is_ok() { exit::DONE } else { exit::REFUSED }
}

fn verdict(console: Console, diags: &Diagnostics, portal: Option<&Portal>) {
    let (errors, warnings) = (diags.errors(), diags.warnings());
    let line = match (portal, console.chinese()) {
        (Some(portal), true) => {
            format!("可以发布：{} 条记录，{} 个页面，{warnings} 处提醒。", portal.records(), portal.pages())
        }
        (Some(portal), _) => {
            format!("Good: {} records, {} pages, {warnings} warnings.", portal.records(), portal.pages())
        }
        (None, true) => format!("不能发布：{errors} 处错误，{warnings} 处提醒。"),
        (None, _) => format!("Not good: {errors} errors, {warnings} warnings."),
    };
    println!("{line}");
}
