//! WAV files: the header of 16-bit PCM, a reader for what tools meet (PCM 16 and 8 bit, µ-law, A-law, any rate and
//! number of channels), a writer for whole sounds.

use std::io::{self, Write};

use thiserror::Error;

use crate::codec::{AudioCodec, Decoder, PcmBuf};

/// Octets of the header written here: RIFF, format, and the head of the data.
pub const HEADER_LEN: usize = 44;

/// Why octets are no WAV file that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WavError {
    /// No RIFF/WAVE file.
    #[error("not a WAV file")]
    NotWav,
    /// No format or no data in it, or a format that contradicts itself.
    #[error("WAV file is damaged")]
    Damaged,
    /// A sample format other than PCM 8 and 16 bit, µ-law and A-law.
    #[error("WAV sample format {0} is not read")]
    Format(u16),
}

/// A sound read from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wav {
    /// Samples a second of each channel, at least 1.
    pub rate: u32,
    /// Channels, at least 1.
    pub channels: u16,
    /// Samples, the channels' interleaved.
    pub samples: Vec<i16>,
}

impl Wav {
    /// Reads a file. Sizes in it that reach beyond its end (a recording cut off) mean its end.
    pub fn parse(file: &[u8]) -> Result<Self, WavError> {
        if file.get(..4) != Some(b"RIFF") || file.get(8..12) != Some(b"WAVE") {
            return Err(WavError::NotWav);
        }
        let mut chunks = Chunks(&file[12..]);
        let format = chunks
            .find(b"fmt ")
            .and_then(Format::parse)
            .ok_or(WavError::Damaged)?;
        let data = chunks.find(b"data").ok_or(WavError::Damaged)?;
        Ok(Self {
            rate: format.rate,
            channels: format.channels,
            samples: format.decode(data)?,
        })
    }

    /// All channels mixed to one.
    pub fn mono(&self) -> Vec<i16> {
        let channels = usize::from(self.channels);
        let mix = |frame: &[i16]| (frame.iter().map(|&s| i64::from(s)).sum::<i64>() / channels as i64) as i16;
        self.samples.chunks_exact(channels).map(mix).collect()
    }

    /// The samples of one channel, counted from 0; empty where there is none such.
    pub fn channel(&self, channel: usize) -> Vec<i16> {
        let channels = usize::from(self.channels);
        if channel >= channels {
            return Vec::new();
        }
        self.samples
            .chunks_exact(channels)
            .map(|frame| frame[channel])
            .collect()
    }
}

struct Chunks<'a>(&'a [u8]);

impl<'a> Chunks<'a> {
    /// The next chunk of a kind; those before it are skipped.
    fn find(&mut self, kind: &[u8; 4]) -> Option<&'a [u8]> {
        loop {
            let (head, rest) = self.0.split_first_chunk::<8>()?;
            let len = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
            let (chunk, after) = rest.split_at(len.min(rest.len()));
            // Chunks are padded to an even length.
            self.0 = after.get(len & 1..).unwrap_or(&[]);
            if &head[..4] == kind {
                return Some(chunk);
            }
        }
    }
}

struct Format {
    tag: u16,
    channels: u16,
    rate: u32,
    bits: u16,
}

impl Format {
    fn parse(chunk: &[u8]) -> Option<Self> {
        let half = |at: usize| Some(u16::from_le_bytes([*chunk.get(at)?, *chunk.get(at + 1)?]));
        let rate = u32::from(half(4)?) | u32::from(half(6)?) << 16;
        let tag = match half(0)? {
            // WAVE_FORMAT_EXTENSIBLE: the tag is the begin of the sub-format.
            0xfffe => half(24)?,
            tag => tag,
        };
        let format = Self {
            tag,
            channels: half(2)?,
            rate,
            bits: half(14)?,
        };
        (format.channels > 0 && format.rate > 0).then_some(format)
    }

    fn decode(&self, data: &[u8]) -> Result<Vec<i16>, WavError> {
        match (self.tag, self.bits) {
            (1, 16) => Ok(data
                .chunks_exact(2)
                .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
                .collect()),
            (1, 8) => Ok(data.iter().map(|&octet| (i16::from(octet) - 128) << 8).collect()),
            (6, 8) => Ok(expand(AudioCodec::Pcma, data)),
            (7, 8) => Ok(expand(AudioCodec::Pcmu, data)),
            (tag, _) => Err(WavError::Format(tag)),
        }
    }
}

fn expand(codec: AudioCodec, data: &[u8]) -> Vec<i16> {
    let (mut decoder, mut pcm) = (Decoder::new(codec), PcmBuf::new());
    let mut samples = Vec::with_capacity(data.len());
    for piece in data.chunks(160) {
        if decoder.decode(piece, &mut pcm).is_ok() {
            samples.extend_from_slice(pcm.samples());
        }
    }
    samples
}

/// The header of 16-bit PCM with `data_len` octets of samples after it (the sizes stop at what 32 bits hold).
pub fn header(rate: u32, channels: u16, data_len: u64) -> [u8; HEADER_LEN] {
    let block = channels.saturating_mul(2);
    let data_len = data_len.min(u64::from(u32::MAX - 36)) as u32;
    let mut header = [0; HEADER_LEN];
    header[..4].copy_from_slice(b"RIFF");
    header[4..8].copy_from_slice(&(data_len + 36).to_le_bytes());
    header[8..16].copy_from_slice(b"WAVEfmt ");
    header[16..20].copy_from_slice(&16u32.to_le_bytes());
    header[20..22].copy_from_slice(&1u16.to_le_bytes());
    header[22..24].copy_from_slice(&channels.to_le_bytes());
    header[24..28].copy_from_slice(&rate.to_le_bytes());
    header[28..32].copy_from_slice(&rate.saturating_mul(u32::from(block)).to_le_bytes());
    header[32..34].copy_from_slice(&block.to_le_bytes());
    header[34..36].copy_from_slice(&16u16.to_le_bytes());
    header[36..40].copy_from_slice(b"data");
    header[40..44].copy_from_slice(&data_len.to_le_bytes());
    header
}

/// Writes a whole sound of one channel as 16-bit PCM.
pub fn write_mono(mut out: impl Write, rate: u32, samples: &[i16]) -> io::Result<()> {
    out.write_all(&header(rate, 1, samples.len() as u64 * 2))?;
    for piece in samples.chunks(1024) {
        let mut octets = [0; 2048];
        for (pair, sample) in octets.chunks_exact_mut(2).zip(piece) {
            pair.copy_from_slice(&sample.to_le_bytes());
        }
        out.write_all(&octets[..piece.len() * 2])?;
    }
    Ok(())
}
