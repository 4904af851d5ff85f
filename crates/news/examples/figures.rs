//! How well articles are found on the committed pages, and what it takes: `cargo run -p biseo-news --example figures`.

#[path = "../tests/common/mod.rs"]
mod common;

use std::hint::black_box;
use std::time::Duration;

use biseo_news::Page;
use common::{Case, cases, f1};

/// Rounds over the pages for the time of one.
const ROUNDS: u32 = 200;

fn main() {
    println!("| set | pages | F1 mean | F1 least | library alone | ms a page |\n|---|---|---|---|---|---|");
    for set in ["seen", "held"] {
        let all = cases(set);
        let ours: Vec<f64> = all.iter().map(|c| f1(&read(&c.html), &c.body())).collect();
        let library: Vec<f64> = all.iter().map(|c| f1(&alone(&c.html), &c.body())).collect();
        let mean = |f: &[f64]| f.iter().sum::<f64>() / f.len() as f64;
        println!(
            "| {set} | {} | {:.4} | {:.3} | {:.4} | {:.2} |",
            all.len(),
            mean(&ours),
            ours.iter().copied().fold(1.0, f64::min),
            mean(&library),
            time(&all).as_secs_f64() * 1000.0,
        );
    }
    println!("\n| hostile page | octets | ms |\n|---|---|---|");
    for (name, html) in hostile() {
        let took = timed(|| drop(black_box(Page::read(&html))));
        println!("| {name} | {} | {:.0} |", html.len(), took.as_secs_f64() * 1000.0);
    }
}

fn read(html: &str) -> String {
    Page::read(html).map(|p| p.text()).unwrap_or_default()
}

/// dom_smoothie as it comes, but for the threshold, which is for longer texts.
fn alone(html: &str) -> String {
    let config = dom_smoothie::Config {
        char_threshold: 120,
        text_mode: dom_smoothie::TextMode::Formatted,
        ..Default::default()
    };
    let article = dom_smoothie::Readability::new(html, None, Some(config)).and_then(|mut r| r.parse());
    article.map(|a| a.text_content.to_string()).unwrap_or_default()
}

fn time(all: &[Case]) -> Duration {
    let round = || all.iter().for_each(|c| drop(black_box(Page::read(&c.html))));
    timed(|| (0..ROUNDS).for_each(|_| round())) / (ROUNDS * u32::try_from(all.len()).unwrap_or(1))
}

#[allow(clippy::disallowed_methods)]
fn timed(work: impl FnOnce()) -> Duration {
    let start = std::time::Instant::now();
    work();
    start.elapsed()
}

/// Pages that are as bad as the limits let through.
fn hostile() -> Vec<(&'static str, String)> {
    let text = "가격이 올랐다, 그래서 줄였다. ".repeat(40_000);
    vec![
        (
            "deep, with classes, one long text",
            "<div class=x>".repeat(390) + &text,
        ),
        ("20,000 paragraphs", "<p class=y>값이, 올랐다.".repeat(20_000)),
        ("20,000 cells", format!("<table>{}", "<tr><td>값".repeat(10_000))),
        (
            "links in lists",
            format!("<ul>{}", "<li><a href=x>값</a>".repeat(9_000)),
        ),
        ("bold that is never closed", "<p><b class=z>값이".repeat(390)),
    ]
}
