//! The API as its clients use it.

mod contract;
