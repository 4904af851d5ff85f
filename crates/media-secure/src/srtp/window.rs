//! Packet numbers: which 48-bit number a 16-bit one means (RFC 3711 §3.3.1), and which were seen (§3.3.2).

/// Numbers that are remembered below the highest.
pub(super) const WINDOW: u64 = 128;
/// The first number that does not exist.
const END: u64 = 1 << 48;

/// The numbers seen of one source.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Window {
    /// The highest, when one was seen.
    highest: Option<u64>,
    /// Bit n: `highest - n` was seen.
    seen: u128,
}

impl Window {
    /// The number that is nearest to the highest one among those that end in `sequence`; `None` if that lies before the
    /// first or after the last there is.
    pub(super) fn index_of(&self, sequence: u16) -> Option<u64> {
        let Some(highest) = self.highest else {
            return Some(u64::from(sequence));
        };
        let (roc, last) = (highest >> 16, (highest & 0xffff) as u16);
        let ahead = sequence.wrapping_sub(last);
        // Half of the numbers are ahead of the last one, half behind it.
        let roc = match (ahead < 0x8000, sequence < last) {
            (true, true) => roc + 1,
            (false, false) => roc.checked_sub(1)?,
            _ => roc,
        };
        Some(roc << 16 | u64::from(sequence)).filter(|i| *i < END)
    }

    /// Whether it was not seen yet and is not too old to know.
    pub(super) fn is_new(&self, index: u64) -> bool {
        match self.highest {
            None => true,
            Some(highest) if index > highest => true,
            Some(highest) => highest - index < WINDOW && self.seen >> (highest - index) & 1 == 0,
        }
    }

    /// Notes a number that [`Window::is_new`], once its packet has proved to be genuine.
    pub(super) fn note(&mut self, index: u64) {
        let highest = self.highest.unwrap_or(index);
        if index >= highest {
            let ahead = index - highest;
            self.seen = if ahead < WINDOW { self.seen << ahead } else { 0 } | 1;
            self.highest = Some(index);
        } else if highest - index < WINDOW {
            self.seen |= 1 << (highest - index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_number_once_and_none_too_old(steps in prop::collection::vec(-200_i64..200, 1..300)) {
            let (mut window, mut seen) = (Window::default(), std::collections::HashSet::new());
            let (mut at, mut highest) = (1000_i64, None::<u64>);
            for step in steps {
                at = (at + step).max(0);
                let index = at as u64;
                let old = highest.is_some_and(|h| h.saturating_sub(index) >= WINDOW);
                prop_assert_eq!(window.is_new(index), !old && !seen.contains(&index));
                if window.is_new(index) {
                    window.note(index);
                    seen.insert(index);
                    highest = highest.max(Some(index));
                }
            }
        }

        #[test]
        fn the_nearest_number_is_meant(first in 0_u64..END / 2, step in -32_000_i64..32_000) {
            let mut window = Window::default();
            window.note(first);
            let next = first as i64 + step;
            let want = u64::try_from(next).ok();
            prop_assert_eq!(window.index_of((next & 0xffff) as u16), want);
        }
    }

    #[test]
    fn numbers_end_after_the_last() {
        let mut window = Window::default();
        window.note(END - 2);
        assert_eq!(window.index_of(0xffff), Some(END - 1));
        assert_eq!(window.index_of(3), None);
    }
}
