//! The file of a recording: a WAV file, or one that is sealed as it grows.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use biseo_media::recorder::RecorderState;
use biseo_media::wav::HEADER_LEN;
use biseo_vault::layout::{CHUNK, HEADER};
use biseo_vault::{Keys, Sealer, VaultError};

/// A file that sound is appended to.
pub(crate) enum Tape {
    /// In the clear; so many octets of sound are safely in it.
    Plain(File, u64),
    /// Sealed.
    Sealed(Box<Sealed>),
}

pub(crate) struct Sealed {
    file: File,
    sealer: Sealer,
    /// Octets that are safely in the file.
    written: u64,
    /// Where chunks wait to be written.
    out: Vec<u8>,
}

impl Tape {
    /// Makes the file, which only its owner may read.
    pub(crate) fn begin(path: &Path, keys: Option<&Keys>) -> io::Result<Self> {
        let sealer = keys.map(Sealer::new).transpose().map_err(plainly)?;
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        let Some(sealer) = sealer else {
            file.write_all_at(&RecorderState::new().header(), 0)?;
            return Ok(Self::Plain(file, 0));
        };
        file.write_all_at(sealer.header(), 0)?;
        Ok(Self::Sealed(Box::new(Sealed {
            file,
            sealer,
            written: HEADER as u64,
            out: Vec::with_capacity(2 * CHUNK),
        })))
    }

    /// Appends sound. What is sealed is in the file once its chunk is full, 128 ms later at most.
    pub(crate) fn add(&mut self, sound: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(file, written) => {
                file.write_all_at(sound, HEADER_LEN as u64 + *written)?;
                *written += sound.len() as u64;
                Ok(())
            }
            Self::Sealed(sealed) => {
                sealed.sealer.push(sound, &mut sealed.out).map_err(plainly)?;
                sealed.put()
            }
        }
    }

    /// Brings what the file says of its length up to date.
    pub(crate) fn refresh(&self, state: &RecorderState) -> io::Result<()> {
        match self {
            Self::Plain(file, _) => file.write_all_at(&state.header(), 0),
            Self::Sealed(_) => Ok(()),
        }
    }

    /// The end.
    pub(crate) fn finish(&mut self, state: &RecorderState) -> io::Result<()> {
        if let Self::Sealed(sealed) = self {
            sealed.sealer.finish(&mut sealed.out).map_err(plainly)?;
            return sealed.put();
        }
        self.refresh(state)
    }

    /// The disk takes no more: the file is a whole one with what was written.
    pub(crate) fn save(&mut self, state: &RecorderState) -> io::Result<()> {
        match self {
            Self::Plain(file, written) => {
                file.set_len(HEADER_LEN as u64 + *written)?;
                self.refresh(state)
            }
            Self::Sealed(sealed) => sealed.cut(),
        }
    }
}

impl Sealed {
    fn put(&mut self) -> io::Result<()> {
        self.file.write_all_at(&self.out, self.written)?;
        self.written += self.out.len() as u64;
        self.out.clear();
        Ok(())
    }

    fn cut(&mut self) -> io::Result<()> {
        self.file.set_len(self.written)?;
        let chunks = (self.written - HEADER as u64) / CHUNK as u64;
        self.out.clear();
        self.sealer.cut(chunks, &mut self.out).map_err(plainly)?;
        self.put()
    }
}

/// As the file system would tell it.
pub(crate) fn plainly(e: VaultError) -> io::Error {
    match e {
        VaultError::Io(e) => e,
        e => io::Error::other(e),
    }
}
