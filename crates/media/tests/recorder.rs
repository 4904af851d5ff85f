//! Recordings: both sides in their channels, playable after a crash at any octet, on a disk that fills up.

mod common;

use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};

use biseo_media::{
    Frame,
    recorder::{FRAME_OCTETS, Recorder, Repaired, conceal, repair},
    wav::{self, Wav, WavError},
};
use common::*;
use proptest::prelude::*;

fn sides(count: usize) -> Vec<(Frame, Frame)> {
    let (caller, biseo) = (speech(0.02 * count as f64, 1), speech(0.02 * count as f64, 2));
    frames(&caller).into_iter().zip(frames(&biseo)).collect()
}

fn recorded(sides: &[(Frame, Frame)]) -> Recorder<Cursor<Vec<u8>>> {
    let mut recorder = Recorder::new(Cursor::new(Vec::new())).unwrap();
    for (caller, biseo) in sides {
        recorder.push(caller, biseo).unwrap();
    }
    recorder
}

#[test]
fn the_caller_is_left_and_biseo_right() {
    let sides = sides(120);
    let file = recorded(&sides).finish().unwrap().into_inner();
    let wav = Wav::parse(&file).unwrap();
    assert_eq!((wav.rate, wav.channels), (8000, 2));
    assert_eq!(
        wav.channel(0),
        sides.iter().flat_map(|(caller, _)| *caller).collect::<Vec<_>>()
    );
    assert_eq!(
        wav.channel(1),
        sides.iter().flat_map(|(_, biseo)| *biseo).collect::<Vec<_>>()
    );
    assert_eq!(repair(&mut Cursor::new(file)).unwrap(), Repaired::Intact);
}

/// A file that keeps every state it ever had after a single write: what a crash at any instant leaves behind.
#[derive(Default)]
struct Snapshots {
    file: Cursor<Vec<u8>>,
    states: Vec<Vec<u8>>,
}

impl Write for Snapshots {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let written = self.file.write(octets)?;
        self.states.push(self.file.get_ref().clone());
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Snapshots {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

#[test]
fn every_instant_is_playable_and_lacks_a_second_at_most() {
    let sides = sides(170);
    let mut recorder = Recorder::new(Snapshots::default()).unwrap();
    for (caller, biseo) in &sides {
        recorder.push(caller, biseo).unwrap();
    }
    let states = recorder.finish().unwrap().states;
    assert!(states.len() > 170);
    for state in states {
        let wav = Wav::parse(&state).unwrap();
        let written = (state.len() - wav::HEADER_LEN) / 2;
        assert!(
            written - wav.samples.len() <= 50 * 320,
            "{} of {written} can be heard",
            wav.samples.len()
        );
        let mut file = Cursor::new(state);
        repair(&mut file).unwrap();
        assert_eq!(
            Wav::parse(file.get_ref()).unwrap().samples.len(),
            written,
            "after repair: all"
        );
    }
}

#[test]
fn a_file_cut_at_any_octet_is_mended() {
    let sides = sides(4);
    let whole = recorded(&sides).into_unfinished();
    for len in 0..=whole.len() {
        let mut file = Cursor::new(whole[..len].to_vec());
        let outcome = repair(&mut file).unwrap();
        let mended = file.into_inner();
        let wav = Wav::parse(&mended).unwrap_or_else(|why| panic!("cut at {len}: {why}, {outcome:?}"));
        let kept = len.saturating_sub(wav::HEADER_LEN);
        assert_eq!(wav.samples.len(), kept.div_ceil(4) * 2, "cut at {len}");
        assert_eq!(
            mended[wav::HEADER_LEN..][..kept],
            whole[wav::HEADER_LEN.min(len)..len]
        );
        assert_eq!(repair(&mut Cursor::new(mended)).unwrap(), Repaired::Intact);
    }
}

trait Unfinished {
    fn into_unfinished(self) -> Vec<u8>;
}

impl Unfinished for Recorder<Cursor<Vec<u8>>> {
    /// The octets as a crash leaves them: the header still says that nothing was recorded.
    fn into_unfinished(self) -> Vec<u8> {
        let mut file = self.finish().unwrap().into_inner();
        file[..wav::HEADER_LEN].copy_from_slice(&wav::header(8000, 2, 0));
        file
    }
}

#[test]
fn files_of_others_are_left_alone() {
    let mut mono = Vec::new();
    wav::write_mono(&mut mono, 16_000, &[1, 2, 3]).unwrap();
    for octets in [b"hello".to_vec(), mono] {
        let mut file = Cursor::new(octets.clone());
        assert_eq!(repair(&mut file).unwrap(), Repaired::Foreign);
        assert_eq!(file.into_inner(), octets);
    }
}

/// A disk with room for so many octets.
struct SmallDisk {
    file: Cursor<Vec<u8>>,
    room: u64,
}

impl Write for SmallDisk {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let room = self
            .room
            .saturating_sub(self.file.position())
            .min(octets.len() as u64);
        if room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.file.write(&octets[..room as usize])
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for SmallDisk {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

#[test]
fn a_full_disk_is_told_and_what_was_recorded_stays() {
    let room = (wav::HEADER_LEN + 3 * FRAME_OCTETS + 100) as u64;
    let mut recorder = Recorder::new(SmallDisk {
        file: Cursor::new(Vec::new()),
        room,
    })
    .unwrap();
    let sides = sides(6);
    let outcomes: Vec<bool> = sides.iter().map(|(a, b)| recorder.push(a, b).is_ok()).collect();
    assert_eq!(outcomes, [true, true, true, false, false, false]);
    assert_eq!(recorder.milliseconds(), 60);
    let file = recorder.finish().unwrap().file.into_inner();
    assert_eq!(Wav::parse(&file).unwrap().samples.len(), 3 * 320);
}

#[test]
fn wav_files_of_tools_are_read() {
    let mulaw = [
        b"RIFF",
        &[0; 4][..],
        b"WAVE",
        b"LIST",
        &[1, 0, 0, 0, 9, 0],
        b"fmt ",
        &[18, 0, 0, 0],
        &[7, 0, 1, 0],
        &[0x40, 0x1f, 0, 0],
        &[0x40, 0x1f, 0, 0],
        &[1, 0, 8, 0, 0, 0],
        b"data",
        &[0xff; 4],
        &[0xff, 0x80, 0x00],
    ]
    .concat();
    let read = Wav::parse(&mulaw).unwrap();
    assert_eq!(
        (read.rate, read.samples.as_slice()),
        (8000, &[0, 32124, -32124][..])
    );
    let mut stereo = wav::header(44_100, 2, 8).to_vec();
    stereo.extend([100i16, 300, -5, -6].iter().flat_map(|s| s.to_le_bytes()));
    assert_eq!(Wav::parse(&stereo).unwrap().mono(), [200, -5]);
    assert_eq!(Wav::parse(&stereo).unwrap().channel(2), Vec::<i16>::new());
    assert_eq!(Wav::parse(b"RIFX"), Err(WavError::NotWav));
    assert_eq!(Wav::parse(&stereo[..30]), Err(WavError::Damaged));
    stereo[20] = 3;
    assert_eq!(Wav::parse(&stereo), Err(WavError::Format(3)));
    stereo[22] = 0;
    assert_eq!(Wav::parse(&stereo), Err(WavError::Damaged));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_octets_are_read_or_refused(mut octets in prop::collection::vec(any::<u8>(), 0..120), marked: bool) {
        if marked && octets.len() > 20 {
            octets[..4].copy_from_slice(b"RIFF");
            octets[8..16].copy_from_slice(b"WAVEfmt ");
        }
        let _ = Wav::parse(&octets);
        let mut file = Cursor::new(octets);
        repair(&mut file).unwrap();
        let mut back = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut back).unwrap();
    }

    #[test]
    fn what_is_concealed_is_a_tone_and_nothing_else_changes(count in 1usize..40, from in 0u64..8000, length in 0u64..9000) {
        let sides = sides(count);
        let mut file = recorded(&sides).finish().unwrap();
        let whole = Wav::parse(file.get_ref()).unwrap();
        let changed = conceal(&mut file, from..from + length).unwrap();
        let after = Wav::parse(file.get_ref()).unwrap();
        let (left, right) = (after.channel(0), after.channel(1));
        prop_assert_eq!(right, whole.channel(1));
        let within = |n: usize| (from..from + length).contains(&(n as u64));
        for (n, (is, was)) in left.iter().zip(whole.channel(0)).enumerate() {
            prop_assert!(if within(n) { is.abs() == 3277 } else { *is == was }, "sample {n}");
        }
        prop_assert_eq!(changed, (0..left.len()).filter(|n| within(*n)).count() as u64);
    }

    #[test]
    fn what_is_written_is_read(samples in prop::collection::vec(any::<i16>(), 0..3000), rate in 1u32..200_000) {
        let mut file = Vec::new();
        wav::write_mono(&mut file, rate, &samples).unwrap();
        prop_assert_eq!(Wav::parse(&file), Ok(Wav { rate, channels: 1, samples }));
    }
}
