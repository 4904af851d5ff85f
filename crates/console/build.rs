//! Writes the table of the console's files: those of `web/dist` if it was built, else the page that says what is missing.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use sha2::{Digest, Sha256};

/// Kinds of files by extension; what is not listed is no page's business and is left out.
const KINDS: [(&str, &str); 8] = [
    ("css", "text/css; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain; charset=utf-8"),
    ("webmanifest", "application/manifest+json"),
    ("woff2", "font/woff2"),
];

fn main() {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let web = here.join("../../web");
    let dist = web.join("dist");
    // A folder that is not there counts as changed at every build: until there is one, what would hold it is watched.
    let watched = if dist.is_dir() { &dist } else { &web };
    println!("cargo::rerun-if-changed={}", watched.display());
    println!("cargo::rerun-if-changed=fallback");
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let (root, built) = root(&here);
    write(
        &root,
        &out,
        "assets",
        &format!("const BUILT: bool = {built};\nstatic ASSETS"),
    );
    // The page that says what is missing is tested in every build.
    write(&here.join("fallback"), &out, "fallback", "static FALLBACK");
}

/// Whose files are embedded, and whether they are the console: the page that says what is missing if that was not built.
pub(crate) fn root(here: &Path) -> (PathBuf, bool) {
    let dist = here.join("../../web/dist");
    match dist.join("index.html").is_file() {
        true => (dist, true),
        false => (here.join("fallback"), false),
    }
}

/// Writes the table of a folder's files, `name.rs`, which begins by `head`.
fn write(root: &Path, out: &Path, name: &str, head: &str) {
    let mut files = Vec::new();
    collect(root, "", &mut files);
    files.sort();
    let copies = out.join(name);
    fs::create_dir_all(&copies).expect("the build folder is writable");
    let text = table(&files, &copies, head);
    fs::write(out.join(format!("{name}.rs")), text).expect("the build folder is writable");
}

/// All files below a folder, as (name below the root, path). Hidden ones are the build's own.
fn collect(folder: &Path, above: &str, files: &mut Vec<(String, PathBuf)>) {
    for entry in fs::read_dir(folder).expect("a folder that is there") {
        let path = entry.expect("a readable folder").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            collect(&path, &format!("{above}{name}/"), files);
        } else if kind(&name).is_some() {
            files.push((format!("{above}{name}"), path));
        }
    }
}

fn kind(name: &str) -> Option<&'static str> {
    let extension = name.rsplit('.').next()?;
    KINDS.iter().find(|k| k.0 == extension).map(|k| k.1)
}

fn table(files: &[(String, PathBuf)], out: &Path, head: &str) -> String {
    let mut text = format!("{head}: &[Asset] = &[\n");
    for (number, (name, path)) in files.iter().enumerate() {
        let plain = fs::read(path).expect("a readable file");
        let gzip = smaller(&plain).map(|packed| {
            let at = out.join(format!("{number}.gz"));
            fs::write(&at, packed).expect("the build folder is writable");
            at
        });
        let gzip = gzip.map_or("None".into(), |at| format!("Some(include_bytes!({at:?}))"));
        // A copy: a later build of web/ takes the file away, and what was built of this one is to compile all the same.
        let copy = out.join(format!("{number}.raw"));
        fs::write(&copy, &plain).expect("the build folder is writable");
        let kind = kind(name).expect("only known kinds are collected");
        let etag = format!("\"{}\"", tag(&plain));
        writeln!(text, "    Asset {{ path: {name:?}, kind: {kind:?}, plain: include_bytes!({copy:?}), gzip: {gzip}, etag: {etag:?} }},")
            .expect("a string takes all");
    }
    text + "];\n"
}

/// The first 16 octets of the contents' SHA-256, in hexadecimal.
fn tag(plain: &[u8]) -> String {
    Sha256::digest(plain)[..16]
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect()
}

/// The contents in gzip if that saves a tenth at least (fonts and pictures are packed already).
fn smaller(plain: &[u8]) -> Option<Vec<u8>> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(plain).expect("memory takes all");
    let packed = packer.finish().expect("memory takes all");
    (packed.len() < plain.len() / 10 * 9).then_some(packed)
}
