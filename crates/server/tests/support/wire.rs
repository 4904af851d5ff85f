//! A caller in twenty lines.
