//! How well articles are found on the pages in `tests/pages`, and stories in `tests/pairs.txt`.

mod common;

use biseo_news::Page;
use common::{Case, cases, f1};

/// Floors: what was measured, rounded down. `seen` was tuned on, `held` was not.
const SEEN: f64 = 0.999;
const HELD: f64 = 0.97;

fn mean(set: &str) -> f64 {
    let all = cases(set);
    let scores: Vec<f64> = all.iter().map(|c| score(set, c)).collect();
    scores.iter().sum::<f64>() / scores.len() as f64
}

fn score(set: &str, case: &Case) -> f64 {
    let found = Page::read(&case.html).map(|p| p.text()).unwrap_or_default();
    let f = f1(&found, &case.body());
    if std::env::var_os("NEWS_SHOW").is_some_and(|v| v == set) {
        println!("{f:.3} {}", case.name);
        if f < 0.99 {
            println!("--- found\n{found}\n---");
        }
    }
    f
}

#[test]
fn articles_are_found_and_furniture_is_not() {
    assert_eq!((cases("seen").len(), cases("held").len()), (29, 16));
    let (seen, held) = (mean("seen"), mean("held"));
    println!("F1: seen {seen:.4}, held {held:.4}");
    assert!(seen >= SEEN && held >= HELD, "F1: seen {seen:.4}, held {held:.4}");
}

#[test]
fn pages_with_several_stories_become_several() {
    let (mut several, mut one) = (0, 0);
    for case in cases("seen").into_iter().chain(cases("held")) {
        let page = Page::read(&case.html).unwrap();
        assert_eq!(page.title, case.title, "{}", case.name);
        let titles: Vec<&str> = page.stories.iter().map(|s| s.title.as_str()).collect();
        match case.headings().is_empty() {
            true => assert_eq!((titles, one).0, [case.title.as_str()], "{}", case.name),
            false => assert_eq!(titles, case.headings(), "{}", case.name),
        }
        several += usize::from(!case.headings().is_empty());
        one += usize::from(case.headings().is_empty());
    }
    assert_eq!((several, one), (6, 39));
}
