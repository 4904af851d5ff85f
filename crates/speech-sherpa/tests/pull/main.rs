//! Fetching models from a server that misbehaves, from a folder, and archives that mean harm.

mod site;

use std::path::{Path, PathBuf};
use std::time::Duration;

use biseo_speech_sherpa::catalogue::{About, Entry};
use biseo_speech_sherpa::fetch::{Bounds, FetchError, Limits, Source, Step, pull};
use biseo_speech_sherpa::{Kind, Manifest};
use site::{Answer, Site};
use tar::{EntryType, Header};

/// Octets that do not compress, so that archives have a size.
fn noise(octets: usize) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    (0..octets).map(|_| next()).collect()
}

/// A tar.bz2 of these; a name as it stands, whatever it means.
fn archive(files: &[(&str, EntryType, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, kind, octets) in files {
        let mut header = Header::new_ustar();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_mode(0o644);
        header.set_size(octets.len() as u64);
        if *kind == EntryType::Symlink || *kind == EntryType::Link {
            header.as_old_mut().linkname[..11].copy_from_slice(b"/etc/passwd");
        }
        header.set_cksum();
        tar.append(&header, *octets).unwrap();
    }
    let mut bzip = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    std::io::Write::write_all(&mut bzip, &tar.into_inner().unwrap()).unwrap();
    bzip.finish().unwrap()
}

fn model(seed: &[u8]) -> Vec<u8> {
    let network = [seed, &noise(300_000)].concat();
    archive(&[
        ("m/", EntryType::Directory, b""),
        ("m/model.onnx", EntryType::Regular, &network),
        ("m/tokens.txt", EntryType::Regular, "<blk> 0\n가 1\n".as_bytes()),
        ("m/test_wavs/1.wav", EntryType::Regular, b"RIFF"),
    ])
}

fn entry(address: &str) -> Entry {
    let files = [("model", "model.onnx"), ("tokens", "tokens.txt")];
    Entry {
        name: "m".into(),
        kind: Kind::TOne,
        languages: vec!["ko".into()],
        licence: "x".into(),
        megabytes: None,
        rate: None,
        about: About {
            ko: String::new(),
            en: String::new(),
        },
        address: address.into(),
        sha256: None,
        speaker: 0,
        files: files.map(|(role, file)| (role.into(), file.into())).into(),
    }
}

fn limits() -> Limits {
    Limits {
        idle: Duration::from_millis(300),
        pause: Duration::from_millis(5),
        ..Limits::default()
    }
}

/// Fetches from a site into a folder.
async fn from(site: &Site, folder: &Path) -> Result<PathBuf, FetchError> {
    pull(&entry(&site.address), folder, &Source::Address, limits(), |_| {}).await
}

fn left_over(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|n| n != ".pull.lock").collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_model_is_fetched_whole_and_fit() {
    let (site, dir) = (Site::new(&model(b""), &[]), tempfile::tempdir().unwrap());
    let mut steps = Vec::new();
    let tell = |step| steps.push(step);
    let place = pull(
        &entry(&site.address),
        dir.path(),
        &Source::Address,
        limits(),
        tell,
    )
    .await
    .unwrap();
    assert_eq!(Manifest::read(&place).unwrap().written.kind, Kind::TOne);
    assert!(place.join("test_wavs/1.wav").is_file());
    assert_eq!(left_over(dir.path()), ["m", "models.lock"]);
    let size = model(b"").len() as u64;
    assert!(steps.contains(&Step::Octets(size, Some(size))) && steps.contains(&Step::Unpacking));
    let again = from(&site, dir.path()).await;
    assert!(matches!(again, Err(FetchError::There(_))), "{again:?}");
}

#[tokio::test]
async fn what_breaks_off_goes_on_where_it_was() {
    let cuts = [
        Answer::Cut(100_000),
        Answer::Hang(50_000),
        Answer::Dead,
        Answer::Status(503),
    ];
    let (site, dir) = (Site::new(&model(b""), &cuts), tempfile::tempdir().unwrap());
    let place = from(&site, dir.path()).await.unwrap();
    assert_eq!(std::fs::read(place.join("model.onnx")).unwrap(), noise(300_000));
    let ranges = site.ranges();
    assert_eq!(ranges[..2], [None, Some("bytes=100000-".into())]);
    assert_eq!(ranges.last().unwrap().as_deref(), Some("bytes=150000-"));
}

#[tokio::test]
async fn another_run_of_the_program_goes_on_too() {
    let cuts = [Answer::Cut(100_000), Answer::Status(404)];
    let (site, dir) = (Site::new(&model(b""), &cuts), tempfile::tempdir().unwrap());
    let first = from(&site, dir.path()).await;
    assert!(matches!(first, Err(FetchError::Status(404))), "{first:?}");
    assert_eq!(left_over(dir.path()), [".m.tar.bz2.from", ".m.tar.bz2.part"]);
    from(&site, dir.path()).await.unwrap();
    assert_eq!(site.ranges().last().unwrap().as_deref(), Some("bytes=100000-"));
}

#[tokio::test]
async fn a_part_of_an_older_version_is_not_gone_on_with() {
    let (old, new) = (model(b"old"), model(b"new"));
    let site = Site::new(&old, &[Answer::Cut(100_000), Answer::Status(404)]);
    let dir = tempfile::tempdir().unwrap();
    assert!(from(&site, dir.path()).await.is_err());
    site.replace(&new);
    let place = from(&site, dir.path()).await.unwrap();
    assert!(
        std::fs::read(place.join("model.onnx"))
            .unwrap()
            .starts_with(b"new")
    );
}

#[tokio::test]
async fn a_server_that_knows_no_ranges_gives_the_whole_again() {
    let answers = [Answer::Cut(100_000), Answer::Whole];
    let (site, dir) = (Site::new(&model(b""), &answers), tempfile::tempdir().unwrap());
    let place = from(&site, dir.path()).await.unwrap();
    assert_eq!(std::fs::read(place.join("model.onnx")).unwrap(), noise(300_000));
}

#[tokio::test]
async fn a_part_that_is_the_whole_already_is_taken() {
    let octets = model(b"");
    let (site, dir) = (Site::new(&octets, &[]), tempfile::tempdir().unwrap());
    std::fs::write(dir.path().join(".m.tar.bz2.part"), &octets).unwrap();
    std::fs::write(dir.path().join(".m.tar.bz2.from"), "\"one\"").unwrap();
    from(&site, dir.path()).await.unwrap();
    // One that is longer than the whole is not.
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join(".m.tar.bz2.part"),
        [&octets[..], b"more"].concat(),
    )
    .unwrap();
    std::fs::write(dir.path().join(".m.tar.bz2.from"), "\"one\"").unwrap();
    from(&site, dir.path()).await.unwrap();
}

#[tokio::test]
async fn a_dead_peer_is_given_up() {
    let (site, dir) = (
        Site::new(&[], &vec![Answer::Dead; 50]),
        tempfile::tempdir().unwrap(),
    );
    let found = from(&site, dir.path()).await;
    assert!(matches!(found, Err(FetchError::Connection(_))), "{found:?}");
    assert_eq!(site.ranges().len() as u32, limits().attempts);
    // Nobody is there at all.
    let gone = "http://127.0.0.1:1/m.tar.bz2";
    let found = pull(&entry(gone), dir.path(), &Source::Address, limits(), |_| {}).await;
    assert!(matches!(found, Err(FetchError::Connection(host)) if host == "127.0.0.1"));
}

#[tokio::test]
async fn redirections_are_followed_and_not_for_ever() {
    let octets = model(b"");
    let target = Site::new(&octets, &[]);
    let answers = [
        Answer::Elsewhere("/other".into()),
        Answer::Elsewhere(target.address.clone()),
    ];
    let (site, dir) = (Site::new(b"not this", &answers), tempfile::tempdir().unwrap());
    from(&site, dir.path()).await.unwrap();
    let round = vec![Answer::Elsewhere("/again".into()); 50];
    let (site, dir) = (Site::new(b"", &round), tempfile::tempdir().unwrap());
    let found = from(&site, dir.path()).await;
    assert!(matches!(found, Err(FetchError::Elsewhere(_))), "{found:?}");
}

#[tokio::test]
async fn more_than_is_allowed_is_not_taken() {
    let dir = tempfile::tempdir().unwrap();
    let small = Limits {
        most: 200_000,
        ..limits()
    };
    for answer in [Answer::Well, Answer::Endless] {
        let site = Site::new(&model(b""), &[answer]);
        let found = pull(&entry(&site.address), dir.path(), &Source::Address, small, |_| {}).await;
        assert!(matches!(found, Err(FetchError::Large(200_000))), "{found:?}");
    }
    let part = std::fs::metadata(dir.path().join(".m.tar.bz2.part")).map_or(0, |m| m.len());
    assert!(part <= 200_000);
}

#[tokio::test]
async fn a_wrong_checksum_is_refused_and_the_next_attempt_begins_anew() {
    let (site, dir) = (Site::new(&model(b""), &[]), tempfile::tempdir().unwrap());
    let expected = Entry {
        sha256: Some("0".repeat(64)),
        ..entry(&site.address)
    };
    let found = pull(&expected, dir.path(), &Source::Address, limits(), |_| {}).await;
    assert!(
        matches!(&found, Err(FetchError::Checksum { expected, .. }) if expected.starts_with('0')),
        "{found:?}"
    );
    assert!(left_over(dir.path()).is_empty(), "{:?}", left_over(dir.path()));
}

#[tokio::test]
async fn what_was_trusted_the_first_time_must_stay_the_same() {
    let (site, dir) = (Site::new(&model(b"one"), &[]), tempfile::tempdir().unwrap());
    let place = from(&site, dir.path()).await.unwrap();
    std::fs::remove_dir_all(&place).unwrap();
    site.replace(&model(b"two"));
    let found = from(&site, dir.path()).await;
    assert!(matches!(found, Err(FetchError::Checksum { .. })), "{found:?}");
    assert!(!place.exists());
    // A mirror is bound by it too.
    let mirror = tempfile::tempdir().unwrap();
    std::fs::write(mirror.path().join("m.tar.bz2"), model(b"two")).unwrap();
    let source = Source::Folder(mirror.path().into());
    let found = pull(&entry(&site.address), dir.path(), &source, limits(), |_| {}).await;
    assert!(matches!(found, Err(FetchError::Checksum { .. })), "{found:?}");
    std::fs::write(mirror.path().join("m.tar.bz2"), model(b"one")).unwrap();
    pull(&entry(&site.address), dir.path(), &source, limits(), |_| {})
        .await
        .unwrap();
}

#[tokio::test]
async fn mirrors_are_folders_and_addresses() {
    let site = Site::new(&model(b""), &[]);
    let base = site.address.trim_end_matches("/m.tar.bz2").to_owned() + "/";
    let elsewhere = entry("https://models.invalid/x/m.tar.bz2");
    let dir = tempfile::tempdir().unwrap();
    pull(&elsewhere, dir.path(), &Source::mirror(&base), limits(), |_| {})
        .await
        .unwrap();
    let empty = tempfile::tempdir().unwrap();
    let (other, mirror) = (
        tempfile::tempdir().unwrap(),
        Source::mirror(empty.path().to_str().unwrap()),
    );
    let found = pull(&elsewhere, other.path(), &mirror, limits(), |_| {}).await;
    assert!(matches!(found, Err(FetchError::Disk { .. })), "{found:?}");
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_told() {
    let (site, dir) = (Site::new(&model(b""), &[]), tempfile::tempdir().unwrap());
    let mirror = tempfile::tempdir().unwrap();
    std::fs::write(mirror.path().join("m.tar.bz2"), model(b"")).unwrap();
    let part = dir.path().join(".m.tar.bz2.part");
    // A folder in its place: the file cannot be made.
    std::fs::create_dir(&part).unwrap();
    for source in [Source::Address, Source::Folder(mirror.path().into())] {
        let found = pull(&entry(&site.address), dir.path(), &source, limits(), |_| {}).await;
        assert!(
            matches!(&found, Err(FetchError::Disk { path, .. }) if *path == part),
            "{found:?}"
        );
    }
}

async fn unpacked(octets: &[u8], bounds: Bounds) -> (Result<PathBuf, FetchError>, tempfile::TempDir) {
    let (dir, mirror) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(mirror.path().join("m.tar.bz2"), octets).unwrap();
    let source = Source::Folder(mirror.path().into());
    let (entry, folder) = (entry("https://models.invalid/m.tar.bz2"), dir.path().join("in"));
    let limits = Limits { bounds, ..limits() };
    let found = pull(&entry, &folder, &source, limits, |_| {}).await;
    (found, dir)
}

#[tokio::test]
async fn archives_that_mean_harm_write_nowhere_else() {
    let bad: [(&str, EntryType); 7] = [
        ("m/../../evil", EntryType::Regular),
        ("/tmp/biseo-evil", EntryType::Regular),
        ("m/link", EntryType::Symlink),
        ("m/hard", EntryType::Link),
        ("m/pipe", EntryType::Fifo),
        ("m/device", EntryType::Char),
        ("m/a/b/c/d/e/f/g/h/i", EntryType::Regular),
    ];
    for (name, kind) in bad {
        let octets: &[u8] = if kind == EntryType::Regular { b"evil" } else { b"" };
        let (found, dir) = unpacked(&archive(&[(name, kind, octets)]), Bounds::default()).await;
        assert!(matches!(found, Err(FetchError::Archive(_))), "{name}: {found:?}");
        assert_eq!(left_over(dir.path()), ["in"], "{name}");
        assert!(!dir.path().join("in/m").exists() && !Path::new("/tmp/biseo-evil").exists());
        assert!(!left_over(&dir.path().join("in")).contains(&".m.new".to_owned()));
    }
}

#[tokio::test]
async fn archives_without_end_are_not_unpacked_to_it() {
    let few = Bounds {
        entries: 2,
        ..Bounds::default()
    };
    let (found, _dir) = unpacked(&model(b""), few).await;
    assert!(
        matches!(&found, Err(FetchError::Archive(why)) if why.contains("many")),
        "{found:?}"
    );
    let zeros = vec![0; 4 << 20];
    let bomb = archive(&[("m/model.onnx", EntryType::Regular, &zeros)]);
    assert!(bomb.len() < 10_000);
    let (found, _dir) = unpacked(
        &bomb,
        Bounds {
            octets: 1 << 20,
            ..Bounds::default()
        },
    )
    .await;
    assert!(
        matches!(&found, Err(FetchError::Archive(why)) if why.contains("much")),
        "{found:?}"
    );
}

#[tokio::test]
async fn damaged_archives_and_such_without_a_model_are_refused() {
    let whole = model(b"");
    for octets in [&whole[..whole.len() / 2], b"no archive at all", b""] {
        let (found, dir) = unpacked(octets, Bounds::default()).await;
        assert!(found.is_err(), "{} octets", octets.len());
        assert!(!dir.path().join("in/m").exists());
    }
    let other = archive(&[("m/readme", EntryType::Regular, b"x")]);
    let (found, _dir) = unpacked(&other, Bounds::default()).await;
    assert!(matches!(found, Err(FetchError::Manifest(_))), "{found:?}");
}

#[tokio::test]
async fn a_whole_archive_that_is_of_no_use_does_not_stand_in_the_way_of_the_next_attempt() {
    let good = model(b"");
    let mut damaged = good.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 64].fill(0);
    let (site, dir) = (Site::new(&damaged, &[]), tempfile::tempdir().unwrap());
    let found = from(&site, dir.path()).await;
    assert!(matches!(found, Err(FetchError::Archive(_))), "{found:?}");
    assert!(left_over(dir.path()).is_empty(), "{:?}", left_over(dir.path()));
    site.replace(&good);
    from(&site, dir.path()).await.unwrap();
}
