//! biseo-nlu
