//! Where this crate's tests and examples find the native library when they run.

fn main() {
    println!("cargo:rerun-if-env-changed=SHERPA_ONNX_LIB_DIR");
    if std::env::var_os("CARGO_FEATURE_SHERPA").is_none() {
        return;
    }
    // Without it sherpa-onnx-sys would have fetched an archive of its own, unpinned.
    let folder = std::env::var("SHERPA_ONNX_LIB_DIR").expect(
        "the feature sherpa needs SHERPA_ONNX_LIB_DIR: eval \"$(scripts/sherpa.sh)\" (ARCHITECTURE.md)",
    );
    println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
}
