//! Recordings: whole ones, those cut off by a crash, and those the disk refuses.

mod support;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use biseo_media::codec::AudioCodec;
use biseo_media::wav::Wav;
use biseo_media_io::{Event, MediaSession, recordings_in, repair_recordings};
use biseo_vault::{Key, Keys, Recording};
use support::*;

/// Tells a process started by a test where to record.
const CHILD: &str = "BISEO_TEST_RECORDING";

/// A recording in the clear and a sealed one: which it is says the name.
const BOTH: [&str; 2] = ["call.wav", "sealed.wav"];

fn keys() -> Arc<Keys> {
    Arc::new(Keys::new(Key::of(&[170; 32])))
}

fn is_sealed(path: &Path) -> bool {
    path.ends_with("sealed.wav")
}

fn record(session: &MediaSession, path: &Path) {
    match is_sealed(path) {
        true => session.record_sealed(path, keys()).unwrap(),
        false => session.record(path).unwrap(),
    }
}

fn open(path: &Path) -> Recording {
    let recording = Recording::open(File::open(path).unwrap(), Some(&keys())).unwrap();
    assert_eq!(recording.sealed_by().is_some(), is_sealed(path));
    recording
}

fn read(path: &Path) -> Wav {
    let mut recording = open(path);
    let mut octets = vec![0; recording.len() as usize];
    recording.read_at(0, &mut octets).unwrap();
    let wav = Wav::parse(&octets).unwrap();
    assert_eq!((wav.rate, wav.channels), (8000, 2));
    wav
}

fn ended(end: &mut End) -> (u64, u64) {
    match end.wait("RecordingEnded", |e| matches!(e, Event::RecordingEnded { .. })) {
        Event::RecordingEnded { samples, missed, .. } => (samples, missed),
        _ => unreachable!(),
    }
}

#[test]
fn a_recording_is_what_was_said_and_what_was_heard() {
    BOTH.into_iter().for_each(is_what_was_said);
}

fn is_what_was_said(name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let (mut a, b) = call(AudioCodec::Pcma);
    record(&a.session, &path);
    let said = [speech(1200, 1), speech(1200, 4)];
    a.session.speaker().play(said[0].clone(), 1).unwrap();
    b.session.speaker().play(said[1].clone(), 1).unwrap();
    let heard = samples(&a.listen_to_end(10));
    // A pause of the other's may end the listening before all of ours is said.
    a.wait("Played", |e| matches!(e, Event::Played { mark: 1, .. }));
    a.session.stop_recording();
    let (length, missed) = ended(&mut a);
    assert_eq!(missed, 0);
    assert!(!open(&path).is_cut_off());
    let wav = read(&path);
    assert_eq!(wav.samples.len() as u64, length * 2);
    let right = likeness(&said[0], &wav.channel(1));
    assert!(
        right.0 > 0.9999,
        "right is what we said, before any codec: {right:?}"
    );
    // Left is exactly what was heard: the frames with sound, octet by octet.
    let left = wav.channel(0);
    let loud: Vec<i16> = heard
        .into_iter()
        .skip_while(|s| s.unsigned_abs() < 300)
        .take(8000)
        .collect();
    assert!(
        left.windows(loud.len()).any(|w| w == loud),
        "left is what we heard"
    );
}

#[test]
fn dropping_the_session_closes_its_recording_and_a_file_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("call.wav");
    let (a, b) = call(AudioCodec::Pcmu);
    a.session.record(&path).unwrap();
    b.session.speaker().play(speech(300, 1), 1).unwrap();
    let End {
        session,
        mut events,
        mut audio,
    } = a;
    while audio.recv().is_some_and(|frame| !is_loud(&frame)) {}
    drop(session);
    wait_for(&mut events, "RecordingEnded", |e| {
        matches!(e, Event::RecordingEnded { .. })
    });
    assert_eq!(events.recv(), None);
    let before = std::fs::read(&path).unwrap();
    let mut c = End::open();
    c.session.record(&path).unwrap();
    let failed = c.wait("RecordingFailed", |e| matches!(e, Event::RecordingFailed { .. }));
    assert!(matches!(failed, Event::RecordingFailed { path: p, .. } if p == path));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_folder_that_is_not_there_is_told_and_the_call_goes_on() {
    let (mut a, mut b) = call(AudioCodec::Pcmu);
    a.session.record("/nonexistent/folder/call.wav").unwrap();
    a.wait("RecordingFailed", |e| matches!(e, Event::RecordingFailed { .. }));
    a.session.speaker().play(speech(300, 2), 1).unwrap();
    b.listen(|frames| frames.iter().any(is_loud));
}

/// Starts this test program again to run one of its functions in a process that may be killed or starved.
fn child(function: &str, path: &Path, shell: &str) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("{shell} exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            function,
            "--ignored",
            "--nocapture",
            "--test-threads",
            "1",
        ])
        .env(CHILD, path)
        .stdout(Stdio::piped());
    command
}

fn child_path() -> Option<PathBuf> {
    std::env::var_os(CHILD).map(PathBuf::from)
}

#[test]
#[ignore = "run by kill_9_leaves_all_but_the_last_instant"]
fn child_records_until_killed() {
    let Some(path) = child_path() else { return };
    let (mut a, _b) = call(AudioCodec::Pcmu);
    record(&a.session, &path);
    a.session.speaker().play(speech(2000, 6), 1).unwrap();
    a.wait("Played", |e| matches!(e, Event::Played { mark: 1, .. }));
    println!("\nspoken");
    // Half a minute at most, should nobody end it.
    (0..1500).for_each(|_| _ = a.audio.recv());
}

#[test]
fn kill_9_leaves_all_but_the_last_instant() {
    BOTH.into_iter().for_each(outlives_kill_9);
}

fn outlives_kill_9(name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er").join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut process = child("child_records_until_killed", &path, "").spawn().unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    assert!(
        lines.map_while(Result::ok).any(|line| line == "spoken"),
        "the other process did not get that far"
    );
    process.kill().unwrap();
    process.wait().unwrap();
    // Playable as it lies there, all but the last second.
    let unmended = read(&path).channel(1);
    let said = speech(2000, 6);
    assert!(
        likeness(&said[..8000], &unmended).0 > 0.999,
        "{} samples",
        unmended.len()
    );
    // Mended, all but the last tenths.
    let file = File::options().append(true).open(&path).unwrap();
    std::io::Write::write_all(&mut &file, &[1, 2, 3]).unwrap();
    let others = Keys::generate().unwrap();
    for keys in [None, Some(&others)].into_iter().filter(|_| is_sealed(&path)) {
        let left = repair_recordings(folder.path(), keys).unwrap();
        assert_eq!((left.locked, left.mended.len(), left.failed.len()), (1, 0, 0));
    }
    let keys = keys();
    let repairs = repair_recordings(folder.path(), Some(&keys)).unwrap();
    assert_eq!(
        (repairs.checked, repairs.mended.len(), repairs.failed.len()),
        (1, 1, 0),
        "{repairs:?}"
    );
    let mended = read(&path).channel(1);
    assert!(
        likeness(&said[..12_000], &mended).0 > 0.999,
        "{} samples",
        mended.len()
    );
    assert!(!open(&path).is_cut_off());
    let again = repair_recordings(folder.path(), Some(&keys)).unwrap();
    assert_eq!((again.mended.len(), again.locked), (0, 0));
}

#[test]
#[ignore = "run by a_full_disk_is_told_and_the_call_goes_on"]
fn child_records_on_a_small_disk() {
    let Some(path) = child_path() else { return };
    let (mut a, mut b) = call(AudioCodec::Pcmu);
    record(&a.session, &path);
    let failed = a.wait("RecordingFailed", |e| matches!(e, Event::RecordingFailed { .. }));
    println!("\n{failed:?}");
    a.session.speaker().play(speech(300, 2), 1).unwrap();
    b.listen(|frames| frames.iter().any(is_loud));
    println!("\nthe call went on");
}

#[test]
fn a_full_disk_is_told_and_the_call_goes_on() {
    BOTH.into_iter().for_each(outlives_a_full_disk);
}

fn outlives_a_full_disk(name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    // A limit on the size of files stands for the disk: the same error at the same place, in any container.
    let limit = "trap '' XFSZ; ulimit -f 64;";
    let output = child("child_records_on_a_small_disk", &path, limit)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("the call went on"),
        "{text}"
    );
    let wav = read(&path);
    let length = std::fs::metadata(&path).unwrap().len();
    assert!(
        wav.samples.len() > 8000,
        "{} samples were kept",
        wav.samples.len()
    );
    assert!(!open(&path).is_cut_off(), "the file has its end");
    let whole = wav.samples.len() as u64 * 2 + 44;
    assert!(is_sealed(&path) || whole == length, "the file is whole");
}

#[test]
fn what_an_unfinished_sealing_has_left_goes_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let within = folder.path().join("haengbok");
    std::fs::create_dir(&within).unwrap();
    let files = [
        ("a.wav", true),
        ("b.wav", true),
        (".a.wav.sealing", false),
        ("gone.wav.part", false),
        ("notes.txt", true),
        ("other.part", true),
    ];
    for (name, _) in files {
        std::fs::write(within.join(name), "RIFF").unwrap();
    }
    let found = recordings_in(folder.path()).unwrap();
    assert_eq!(found.recordings, [within.join("a.wav"), within.join("b.wav")]);
    assert!(found.failed.is_empty());
    repair_recordings(folder.path(), None).unwrap();
    for (name, stays) in files {
        assert_eq!(within.join(name).exists(), stays, "{name}");
    }
}
