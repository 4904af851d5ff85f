//! biseo-model
