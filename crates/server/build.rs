//! Where the program finds the native speech library, if it is built with the feature `sherpa` (ARCHITECTURE.md).

fn main() {
    println!("cargo:rerun-if-env-changed=SHERPA_ONNX_LIB_DIR");
    if std::env::var_os("CARGO_FEATURE_SHERPA").is_some()
        && let Ok(folder) = std::env::var("SHERPA_ONNX_LIB_DIR")
    {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
    }
}
