//! Recording of a call: a stereo WAV file, 8 kHz, 16 bit, the caller left and Biseo right.
//!
//! Crash-safe: samples are appended as they come, and the sizes in the header are brought up to date once a second, after
//! the samples they speak of. So the file can be played at every instant, and after a crash [`repair`] brings in the last
//! second too.

use std::io::{self, Read, Seek, SeekFrom, Write};

use crate::{
    FRAME_SAMPLES, Frame, SAMPLE_RATE,
    wav::{HEADER_LEN, header},
};

/// Octets one frame takes in the file: both channels.
pub const FRAME_OCTETS: usize = FRAME_SAMPLES * BLOCK;

/// Octets of one sample of both channels.
const BLOCK: usize = 4;
/// Frames between two updates of the header: one second.
const REFRESH_FRAMES: u64 = 50;
/// Longest recording: what the header's 32 bits can say, about 37 hours.
const MAX_DATA: u64 = u32::MAX as u64 / FRAME_OCTETS as u64 * FRAME_OCTETS as u64 - FRAME_OCTETS as u64;

/// The state of a recording without its file: says what to append, and when to write which header.
#[derive(Debug, Clone, Default)]
pub struct RecorderState {
    data: u64,
}

impl RecorderState {
    /// A recording with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// The header to be written at the file's begin: at the start, when [`Self::is_refresh_due`], and at the end.
    pub fn header(&self) -> [u8; HEADER_LEN] {
        header(SAMPLE_RATE, 2, self.data)
    }

    /// Puts 20 ms of both sides in `out`, to be appended; `false` where the recording is as long as a file can be.
    pub fn append(&mut self, caller: &Frame, biseo: &Frame, out: &mut [u8; FRAME_OCTETS]) -> bool {
        if self.data >= MAX_DATA {
            return false;
        }
        for ((block, left), right) in out.chunks_exact_mut(BLOCK).zip(caller).zip(biseo) {
            block[..2].copy_from_slice(&left.to_le_bytes());
            block[2..].copy_from_slice(&right.to_le_bytes());
        }
        self.data += FRAME_OCTETS as u64;
        true
    }

    /// Whether the header is to be written again, after what was appended.
    pub fn is_refresh_due(&self) -> bool {
        (self.data / FRAME_OCTETS as u64).is_multiple_of(REFRESH_FRAMES)
    }

    /// Milliseconds recorded.
    pub fn milliseconds(&self) -> u64 {
        self.data / BLOCK as u64 * 1000 / u64::from(SAMPLE_RATE)
    }
}

/// A recording into a file, or whatever can be written and sought. Give it the file itself, not a buffered writer: what
/// lies in a buffer is lost in a crash.
pub struct Recorder<W> {
    state: RecorderState,
    file: W,
}

impl<W: Write + Seek> Recorder<W> {
    /// Begins a recording in an empty file.
    pub fn new(mut file: W) -> io::Result<Self> {
        let state = RecorderState::new();
        file.write_all(&state.header())?;
        Ok(Self { state, file })
    }

    /// Records 20 ms of both sides. After an error (disk full) further calls may be made: they try again, and what the
    /// header says stays true.
    pub fn push(&mut self, caller: &Frame, biseo: &Frame) -> io::Result<()> {
        let mut octets = [0; FRAME_OCTETS];
        let mut state = self.state.clone();
        if !state.append(caller, biseo, &mut octets) {
            return Ok(());
        }
        self.file
            .seek(SeekFrom::Start(HEADER_LEN as u64 + self.state.data))?;
        self.file.write_all(&octets)?;
        self.state = state;
        if self.state.is_refresh_due() {
            self.refresh()
        } else {
            Ok(())
        }
    }

    /// Milliseconds recorded.
    pub fn milliseconds(&self) -> u64 {
        self.state.milliseconds()
    }

    /// Brings the header up to date and gives the file back.
    pub fn finish(mut self) -> io::Result<W> {
        self.refresh()?;
        self.file.flush()?;
        Ok(self.file)
    }

    fn refresh(&mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&self.state.header())
    }
}

/// Half a period of the tone that stands for what is concealed, in samples: 1 kHz.
const HALF_PERIOD: u64 = SAMPLE_RATE as u64 / 2000;
/// Its loudness: 20 dB below the loudest.
const TONE: i16 = 3277;
/// Blocks that are changed at once.
const PIECE: u64 = 4096;

/// Puts a tone in the place of what the caller said in these samples; Biseo's side stays. It may be done while the recording goes on: only
/// what is in the file is written over, nothing is added. Gives the samples that were changed.
///
/// # Errors
/// If the file cannot be read or written; what was changed until then stays changed.
pub fn conceal<F: Read + Write + Seek>(file: &mut F, samples: std::ops::Range<u64>) -> io::Result<u64> {
    let data = file.seek(SeekFrom::End(0))?.saturating_sub(HEADER_LEN as u64);
    let end = samples.end.min(data / BLOCK as u64);
    let mut at = samples.start;
    let mut piece = vec![0; PIECE as usize * BLOCK];
    while at < end {
        let blocks = PIECE.min(end - at);
        let place = SeekFrom::Start(HEADER_LEN as u64 + at * BLOCK as u64);
        let piece = &mut piece[..blocks as usize * BLOCK];
        file.seek(place)?;
        file.read_exact(piece)?;
        tone_over(at, piece);
        file.seek(place)?;
        file.write_all(piece)?;
        at += blocks;
    }
    Ok(end.saturating_sub(samples.start))
}

/// The tone in the place of the caller's side of these octets of a recording, which begin with the sample of that number.
pub fn tone_over(first: u64, octets: &mut [u8]) {
    for (sample, block) in (first..).zip(octets.chunks_exact_mut(BLOCK)) {
        let up = (sample / HALF_PERIOD).is_multiple_of(2);
        let tone = if up { TONE } else { -TONE };
        block[..2].copy_from_slice(&tone.to_le_bytes());
    }
}

/// What [`repair`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repaired {
    /// Nothing was amiss.
    Intact,
    /// The header was brought up to date.
    Mended {
        /// Milliseconds of sound in the file now.
        milliseconds: u64,
    },
    /// The file is none of ours: it was left alone.
    Foreign,
}

/// Mends a recording that a crash has cut off at any octet; to be run on those left open when the program starts.
pub fn repair<F: Read + Write + Seek>(file: &mut F) -> io::Result<Repaired> {
    let len = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(0))?;
    let mut found = Vec::with_capacity(HEADER_LEN);
    Read::by_ref(file)
        .take(HEADER_LEN as u64)
        .read_to_end(&mut found)?;
    if !is_ours(&found) {
        return Ok(Repaired::Foreign);
    }
    let data = len.saturating_sub(HEADER_LEN as u64);
    let whole = data.div_ceil(BLOCK as u64) * BLOCK as u64;
    let right = header(SAMPLE_RATE, 2, whole);
    if found == right && whole == data {
        return Ok(Repaired::Intact);
    }
    // The last sample of the two channels is filled up with silence.
    file.seek(SeekFrom::End(0))?;
    file.write_all(&[0; BLOCK][..(whole - data) as usize])?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&right)?;
    file.flush()?;
    Ok(Repaired::Mended {
        milliseconds: whole / BLOCK as u64 * 1000 / u64::from(SAMPLE_RATE),
    })
}

/// Whether a (cut off) header is one of ours: all of it but the sizes.
fn is_ours(found: &[u8]) -> bool {
    let ours = RecorderState::new().header();
    let mut places = found.iter().zip(&ours).enumerate();
    places.all(|(at, (found, ours))| (4..8).contains(&at) || at >= 40 || found == ours)
}
