//! biseo-store
