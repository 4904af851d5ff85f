//! Whether enough calls live on, and none is silent for long.

/// A call that is silent for longer has not survived, ms.
pub const SILENT_MS: u64 = 1_000;
/// Of a hundred calls so many must survive.
const SURVIVE: u64 = 99;

/// In what so many calls fall short, given how many have ended and the longest silence of each, ms; `None` if all is as aimed at.
pub fn shortfall(calls: u64, ended: u64, silences: &[u64]) -> Option<String> {
    let heard = silences.iter().filter(|ms| **ms <= SILENT_MS).count() as u64;
    // One that has ended is silent and has nobody any more who would measure it.
    let survived = heard.saturating_sub(ended);
    (calls == 0 || survived * 100 < calls * SURVIVE)
        .then(|| format!("{survived} of {calls} calls survived, {SURVIVE} % are aimed at"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_is_silent_or_is_missing_has_not_survived() {
        let all = |silent: usize, n: usize| {
            let ms = (0..n).map(|i| if i < silent { 1_001 } else { 1_000 });
            ms.collect::<Vec<u64>>()
        };
        assert_eq!(shortfall(200, 0, &all(2, 200)), None);
        assert_eq!(shortfall(200, 1, &all(1, 200)), None);
        for (ended, silences) in [
            (0, all(3, 200)),
            (3, all(0, 200)),
            (2, all(1, 200)),
            (0, all(0, 197)),
        ] {
            let told = shortfall(200, ended, &silences);
            assert_eq!(
                told.as_deref(),
                Some("197 of 200 calls survived, 99 % are aimed at")
            );
        }
        assert!(shortfall(0, 0, &[]).is_some());
    }
}
