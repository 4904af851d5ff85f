//! Which of the processor's instructions the network is computed with.

pub use fearless_simd::Level;
use fearless_simd::Simd;

/// All levels that this processor has, the plainest first. [`Level::new`] is the last.
pub fn levels() -> Vec<Level> {
    let best = Level::new();
    #[cfg(target_arch = "x86_64")]
    let plainer = [
        best.as_sse2().map(Simd::level),
        best.as_sse4_2().map(Simd::level),
        best.as_avx2().map(Simd::level),
        best.as_avx512().map(Simd::level),
    ];
    #[cfg(not(target_arch = "x86_64"))]
    let plainer = [Some(best)];
    plainer.into_iter().flatten().collect()
}
