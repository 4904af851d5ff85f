//! Probes a plan (JSON, first argument a file) and writes the journal to standard output, until standard input ends.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use biseo_line::journal::{Entry, line};
use biseo_line::{Doctor, Tempo};
use biseo_line_io::Plan;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("usage: probe PLAN.json")?;
    let plan: Plan = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let stop = Arc::new(AtomicBool::new(false));
    let ended = Arc::clone(&stop);
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        ended.store(true, Ordering::Relaxed);
    });
    let mut doctor = Doctor::new(plan.site());
    write(&Entry::Site(plan.site()));
    biseo_line_io::may_ping()?;
    biseo_line_io::run(&plan, &stop, |window| {
        let changes = doctor.handle(&window);
        write(&Entry::Window(window));
        changes.into_iter().for_each(|change| write(&Entry::Said(change)));
        Tempo::Quick
    });
    Ok(())
}

fn write(entry: &Entry) {
    if let Ok(text) = line(entry) {
        let _ = writeln!(std::io::stdout(), "{text}");
    }
}
