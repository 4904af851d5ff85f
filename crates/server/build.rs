//! How the program is linked: where it finds the native speech library, if it is built with the feature `sherpa` (ARCHITECTURE.md), and
//! in what form it keeps the addresses that are filled in when it starts.

use std::env::{var, var_os};

fn main() {
    println!("cargo:rerun-if-env-changed=SHERPA_ONNX_LIB_DIR");
    if var_os("CARGO_FEATURE_SHERPA").is_some()
        && let Ok(folder) = var("SHERPA_ONNX_LIB_DIR")
    {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
    }
    // As a map of bits (DT_RELR) they take some kilobytes instead of megabytes. Needs glibc 2.36, which Debian 12 has; not every
    // linker for other processors knows it.
    let is = |name: &str, value: &str| var(format!("CARGO_CFG_TARGET_{name}")).is_ok_and(|is| is == value);
    if is("OS", "linux") && is("ENV", "gnu") && is("ARCH", "x86_64") {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
