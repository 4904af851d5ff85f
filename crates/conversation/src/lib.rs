//! biseo-conversation
