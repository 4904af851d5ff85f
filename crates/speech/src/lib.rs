//! biseo-speech
