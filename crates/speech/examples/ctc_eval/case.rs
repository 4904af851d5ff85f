//! Recordings, and what the network says of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use biseo_speech::ctc::{CtcModel, LogMel, STEP_SAMPLES};

use crate::Failure;

/// Silence after each recording, as the engine adds it.
pub const TAIL: usize = 8 * STEP_SAMPLES;
/// A 10 ms frame is loud when its effective value is more than this part of the loudest frame's (16 dB below it).
pub const LOUD: f32 = 0.16;

/// One recording, its truth, and what the network says of it.
pub struct Case {
    pub set: String,
    pub truth: Vec<char>,
    pub text: String,
    pub steps: Vec<Vec<f32>>,
    /// Where speech begins and ends.
    pub loud: (usize, usize),
    pub samples: usize,
    pub network: Duration,
}

pub fn cases(index: &Path, model: &CtcModel, limit: usize) -> Result<Vec<Case>, Failure> {
    let folder = index.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    let text = std::fs::read_to_string(index)?;
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    let mut cases = Vec::new();
    for line in text.lines() {
        let mut columns = line.split('\t');
        let (Some(file), Some(truth), Some(set)) = (columns.next(), columns.next(), columns.next()) else {
            return Err(format!("`{line}`: expected file, text, set").into());
        };
        let count = found.entry(set).or_default();
        *count += 1;
        if *count <= limit {
            cases.push(case(&read_wav(&folder.join(file))?, truth, set, model)?);
        }
    }
    Ok(cases)
}

pub fn case(sound: &[i16], truth: &str, set: &str, model: &CtcModel) -> Result<Case, Failure> {
    let began = Instant::now();
    let mut stream = model.stream();
    let mut steps = Vec::new();
    let mut features = LogMel::new();
    let whole = [sound, &[0; TAIL]].concat();
    features.push(&whole, |step| stream.push(step, |p| steps.push(p.to_vec())))?;
    stream.flush(|p| steps.push(p.to_vec()))?;
    Ok(Case {
        set: set.to_owned(),
        truth: letters(truth),
        text: truth.to_owned(),
        steps,
        loud: loud(sound),
        samples: sound.len(),
        network: began.elapsed(),
    })
}

/// First and last sample of speech, to 10 ms.
pub fn loud(sound: &[i16]) -> (usize, usize) {
    let square = |frame: &[i16]| frame.iter().map(|&s| f32::from(s).powi(2)).sum::<f32>();
    let frames: Vec<f32> = sound.chunks(80).map(square).collect();
    let limit = LOUD * LOUD * frames.iter().copied().fold(0.0, f32::max);
    let first = frames.iter().position(|&frame| frame > limit).unwrap_or(0);
    let last = frames.iter().rposition(|&frame| frame > limit).unwrap_or(0);
    (80 * first, 80 * (last + 1))
}

/// The samples of a WAV file.
pub fn read_wav(path: &Path) -> Result<Vec<i16>, Failure> {
    let bytes = std::fs::read(path)?;
    let data = bytes.windows(4).position(|w| w == b"data");
    let data = data
        .and_then(|at| bytes.get(at + 8..))
        .ok_or(format!("{path:?}: no WAV file"))?;
    Ok(data
        .as_chunks::<2>()
        .0
        .iter()
        .copied()
        .map(i16::from_le_bytes)
        .collect())
}

pub fn letters(text: &str) -> Vec<char> {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}
