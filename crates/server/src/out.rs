//! Lines for the screen or the next program in a pipe.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};

/// Prints a line like `println!`, but ends the program well when whoever reads has seen enough (`biseo rehearse … | head`), where
/// `println!` panics.
macro_rules! line {
    () => { $crate::out::write(format_args!("")) };
    ($($words:tt)*) => { $crate::out::write(format_args!($($words)*)) };
}
pub(crate) use line;

/// Writes a line to standard output. Only for commands that hold nothing that an end would lose.
pub(crate) fn write(words: Arguments<'_>) {
    let written = writeln!(std::io::stdout().lock(), "{words}");
    match written.map_err(|e| e.kind()) {
        Ok(()) => {}
        Err(ErrorKind::BrokenPipe) => std::process::exit(0),
        Err(why) => {
            eprintln!("✗ stdout: {why}");
            std::process::exit(2);
        }
    }
}
