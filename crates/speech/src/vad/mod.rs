//! From probabilities of speech to segments of speech.

mod segmenter;

pub use segmenter::{SegmentEvent, Segmenter, SegmenterConfig};
