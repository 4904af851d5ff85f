//! biseo-media-io
