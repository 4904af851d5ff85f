//! Writes the digest of a simulated day to a file: `cargo run -p biseo-digest --example day -- day.html [calls [seed [ko|en]]]`.

#[allow(dead_code)]
#[path = "../tests/sim/mod.rs"]
mod sim;

use biseo_digest::html::Dress;
use biseo_digest::{Language, Links, News, Page, Quoted, Wording, compile, html};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let number = |n: usize, usual: u64| given.get(n).map_or(Ok(usual), |text| text.parse());
    let english = given.get(3).is_some_and(|l| l == "en");
    let language = if english { Language::En } else { Language::Ko };
    let sim = sim::Sim::spoken(language, number(2, 4)?, u32::try_from(number(1, 42)?)?);
    let words = Wording::of(language);
    let mut day = sim.day();
    day.news = vec![news()];
    let facts = compile(&day, &sim::signs())?;
    let base = "https://biseo.example/digest/2026-11-26";
    let links = Links {
        page: base.into(),
        all: format!("{base}/all"),
        console: "https://biseo.example".into(),
        query: "?shop=s1".into(),
    };
    let page = Page::write(&facts, &sim.shop.name.ko, sim.now, &words, &links, true);
    let file = given.first().map_or("day.html", String::as_str);
    std::fs::write(file, html::page(&page, 3, Dress::Within))?;
    println!("{file}: {}", page.reading);
    Ok(())
}

fn news() -> News {
    let link = "https://news.example/1".to_string();
    let quoted = |text: &str| Quoted {
        text: text.into(),
        link: link.clone(),
        source: "마포소식".into(),
    };
    News {
        title: "마포역 앞 도로, 다음 주 밤마다 공사".into(),
        sentences: vec![quoted(
            "마포구는 다음 주 월요일부터 닷새 동안 마포역 앞 도로를 밤 11시부터 새벽 5시까지 막는다.",
        )],
    }
}
