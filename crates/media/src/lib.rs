//! biseo-media
