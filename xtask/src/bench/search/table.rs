//! Figures as lines of text, with their limits beside them.

/// `name   value   limit   ok`, for a value that must not be greater.
pub(super) fn at_most(name: &str, value: f64, limit: Option<f64>) {
    line(name, value, limit.map(|limit| (format!("<= {}", shown(limit)), value <= limit)));
}

/// The same for a value that must not be smaller.
pub(super) fn at_least(name: &str, value: f64, limit: f64) {
    line(name, value, Some((format!(">= {}", shown(limit)), value >= limit)));
}

fn line(name: &str, value: f64, limit: Option<(String, bool)>) {
    let verdict = match limit {
        Some((limit, good)) => format!("limit {limit:<12} {}", if good { "ok" } else { "MISSED" }),
        None => String::new(),
    };
    println!("  {name:<64} {:>12}   {verdict}", shown(value));
}

/// Whole where the number is large, exact where it is small.
pub(super) fn shown(value: f64) -> String {
    let text = if value.abs() >= 1000.0 { format!("{value:.0}") } else { format!("{value:.4}") };
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// `12.3` for 12,345 bytes.
pub(super) fn kilobytes(bytes: f64) -> String {
    format!("{:.1}", bytes / 1000.0)
}

/// Columns that line up: the first to the left, the others to the right.
pub(super) fn rows(head: &[&str], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count()).chain([head[column].chars().count()]);
        cells.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let print = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).enumerate().map(|(at, (cell, width))| match at {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        println!("  {}", padded.collect::<Vec<_>>().join("  "));
    };
    print(head.to_vec());
    rows.iter().for_each(|row| print(row.iter().map(String::as_str).collect()));
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_are_as_exact_as_they_need_to_be() {
        for (value, expected) in
            [(0.0, "0"), (1.0, "1"), (0.25, "0.25"), (0.99999, "1"), (12345.6, "12346"), (60.5, "60.5")]
        {
            assert_eq!(super::shown(value), expected);
        }
    }
}
