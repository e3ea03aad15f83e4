//! The compound file around XLS: chains of sectors that never end are refused before anyone follows them.

use super::Fault;

/// Sectors below this number exist; the ones above are marks.
const MARKS: u32 = 0xFFFF_FFFA;

/// Refuses a file whose tables of sectors lead in circles or are larger than the file.
pub(super) fn check(bytes: &[u8]) -> Result<(), Fault> {
    let number = |at: usize| {
        bytes.get(at..at + 4).map_or(MARKS, |part| u32::from_le_bytes(part.try_into().expect("four bytes")))
    };
    let size = match bytes.get(30) {
        Some(9) => 512,
        Some(12) => 4096,
        _ => return Err(damaged("sectors of an unknown size")),
    };
    let most = bytes.len() / size;
    // A table that the file cuts short would be read in more than one way.
    let sector = |sector: u32| -> Result<Vec<u32>, Fault> {
        let start = (sector as usize).saturating_add(1).saturating_mul(size);
        let whole =
            bytes.get(start..start.saturating_add(size)).ok_or_else(|| damaged("a table of sectors is cut off"))?;
        let words = whole.chunks_exact(4);
        Ok(words.map(|word| u32::from_le_bytes(word.try_into().expect("four bytes"))).collect())
    };
    let mut listed: Vec<u32> = (0..109).map(|at| number(76 + 4 * at)).collect();
    let mut next = number(68);
    let mut followed = 0;
    while next < MARKS {
        let words = sector(next)?;
        followed += 1;
        let Some((last, entries)) = words.split_last().filter(|_| followed <= most) else {
            return Err(damaged("an endless list of sectors"));
        };
        listed.extend(entries);
        next = *last;
    }
    listed.retain(|sector| *sector < MARKS);
    if listed.len() > most {
        return Err(damaged("more tables of sectors than sectors"));
    }
    let mut table = Vec::new();
    for at in listed {
        table.extend(sector(at)?);
    }
    if leads_in_circles(&table) {
        return Err(damaged("a chain of sectors that never ends"));
    }
    let mut small = Vec::new();
    let mut next = number(60);
    while let Some(after) = table.get(next as usize) {
        small.extend(sector(next)?);
        next = *after;
    }
    if leads_in_circles(&small) { Err(damaged("a chain of small sectors that never ends")) } else { Ok(()) }
}

fn damaged(why: &str) -> Fault {
    Fault::Damaged(why.to_owned())
}

/// Whether following the entries from some place comes back to it.
fn leads_in_circles(next: &[u32]) -> bool {
    // The walk on which each place was first met; meeting a place of the same walk closes a circle.
    let mut met = vec![0_u32; next.len()];
    for start in 0..next.len() {
        let walk = u32::try_from(start + 1).unwrap_or(u32::MAX);
        let mut at = start;
        while met.get(at).is_some_and(|by| *by == 0) {
            met[at] = walk;
            at = next[at] as usize;
        }
        // Walks end at marks and at places that earlier walks have met.
        if met.get(at) == Some(&walk) && next[at] < MARKS {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found() {
        const END: u32 = 0xFFFF_FFFE;
        for (next, expected) in [
            (&[1, 2, END][..], false),
            (&[2, END, 1], false),
            (&[1, 2, 0], true),
            (&[0], true),
            (&[END, 3, END, 1], true),
            (&[9, END], false),
            (&[], false),
        ] {
            assert_eq!(leads_in_circles(next), expected, "{next:?}");
        }
        assert!(check(&[0; 40]).is_err());
    }
}
