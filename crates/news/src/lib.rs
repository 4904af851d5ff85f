//! News that a shop's reader follows, for the evening digest: feeds, articles out of pages, near duplicates merged into stories, two or
//! three of their own sentences each, ranked by what the reader opens and mutes, cut to what is read in two minutes.
//!
//! Everything is pure but [`fetch`] and [`round`]: the time is an input, and what comes from outside has limits.
//!
//! ```
//! use biseo_news::{Page, feed::Feed};
//!
//! let rss = r#"<rss version="2.0"><channel><title>한빛일보</title><item><title>배춧값 내렸다</title>
//!     <link>https://news.example/1</link></item></channel></rss>"#;
//! let feed = Feed::read(rss.as_bytes(), None, "https://news.example/rss").unwrap();
//! assert_eq!(feed.entries[0].title, "배춧값 내렸다");
//!
//! let html = "<title>단수 안내</title><h1>단수 안내</h1><article><p>28일 0시부터 6시까지 연남동 일부에 물이 나오지 않습니다.</p></article>";
//! let page = Page::read(html).unwrap();
//! assert_eq!(page.stories[0].paragraphs, ["28일 0시부터 6시까지 연남동 일부에 물이 나오지 않습니다."]);
//! ```

pub mod charset;
mod edition;
pub mod feed;
pub mod fetch;
mod grams;
mod markup;
mod page;
mod round;
pub mod sentence;
mod story;
mod summary;
mod topics;

pub use edition::{MOST_SENTENCES, edition};
pub use grams::Grams;
pub use page::{Page, PageError, Part};
pub use round::{Clock, Failed, READER, Report, RoundError, Rounds, tonight};
pub use story::{Piece, SAME, Story, merge};
pub use topics::{Terms, Topics};
