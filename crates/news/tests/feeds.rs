//! Feeds of all kinds, and what is hostile.

use biseo_news::Page;
use biseo_news::feed::{Feed, FeedError, MOST_ENTRIES, MOST_OCTETS};
use proptest::prelude::*;

const AT: &str = "https://news.example/rss/all.xml";

fn read(text: &str) -> Result<Feed, FeedError> {
    Feed::read(text.as_bytes(), None, AT)
}

#[test]
fn rss_atom_and_json_say_the_same() {
    let rss = r#"<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>한빛 &amp; 일보</title>
        <item><title><![CDATA[<b>배춧값</b> 내렸다]]></title><link>https://news.example/1</link>
        <description>&lt;p&gt;30% &lt;i&gt;내렸다&lt;/i&gt;.&lt;/p&gt;</description><pubDate>Thu, 26 Nov 2026 09:12:00 +0900</pubDate></item>
        </channel></rss>"#;
    let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>한빛 &amp; 일보</title><id>x</id><updated>2026-11-26T00:12:00Z</updated>
        <entry><id>1</id><title>배춧값 내렸다</title><link rel="enclosure" href="https://other.example/"/><link href="/1"/>
        <summary>30% 내렸다.</summary><published>2026-11-26T00:12:00Z</published></entry></feed>"#;
    let json = r#"{"version":"https://jsonfeed.org/version/1.1","title":"한빛 & 일보","items":[{"id":"1","title":"배춧값 내렸다",
        "url":"https://news.example/1","summary":"30% 내렸다.","date_published":"2026-11-26T09:12:00+09:00"}]}"#;
    let [rss, atom, json] = [rss, atom, json].map(|t| read(t).unwrap());
    assert_eq!(rss.title, "한빛 & 일보");
    let entry = &rss.entries[0];
    assert_eq!(
        (entry.title.as_str(), entry.link.as_str()),
        ("배춧값 내렸다", "https://news.example/1")
    );
    assert_eq!(entry.summary, "30% 내렸다.");
    assert_eq!(entry.published, Some("2026-11-26T00:12:00Z".parse().unwrap()));
    assert_eq!(rss, atom);
    assert_eq!(rss, json);
}

#[test]
fn an_old_feed_in_euc_kr_is_read() {
    let text = r#"<?xml version="1.0" encoding="euc-kr"?><rss version="2.0"><channel><title>새벽신문</title>
        <item><title>최저임금 확정</title><link>/a/1</link></item></channel></rss>"#;
    let (octets, ..) = encoding_rs::EUC_KR.encode(text);
    let feed = Feed::read(&octets, Some("text/xml"), AT).unwrap();
    assert_eq!(
        (feed.title.as_str(), feed.entries[0].title.as_str()),
        ("새벽신문", "최저임금 확정")
    );
    assert_eq!(feed.entries[0].link, "https://news.example/a/1");
}

#[test]
fn only_addresses_of_the_web_are_taken() {
    let item = |link: &str| format!("<item><title>제목</title><link>{link}</link></item>");
    let links = [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://a/",
        "https://user:pw@a.example/",
        "http://a.example/x",
    ];
    let all: String = links.iter().map(|l| item(l)).collect();
    let feed = read(&format!(
        "<rss version=\"2.0\"><channel>{all}{}</channel></rss>",
        item(&format!("/{}", "a".repeat(3000)))
    ))
    .unwrap();
    assert_eq!(
        feed.entries.iter().map(|e| e.link.as_str()).collect::<Vec<_>>(),
        ["http://a.example/x"]
    );
}

#[test]
fn hostile_feeds_are_refused_or_cut() {
    assert_eq!(read(""), Err(FeedError::Form));
    assert_eq!(read("<html><body>404</body></html>"), Err(FeedError::Form));
    assert_eq!(read(&" ".repeat(MOST_OCTETS + 1)), Err(FeedError::Large));
    let deep = format!("<rss version=\"2.0\"><channel>{}", "<a>".repeat(100_000));
    assert_eq!(read(&deep), Err(FeedError::Large));
    // What hides how deep it is.
    for nest in [
        "<a><![CDATA[</a>]]>",
        "<title><![CDATA[</title>]]>",
        "<item><![CDATA[</item>]]>",
    ] {
        let hidden = format!("<rss version=\"2.0\"><channel><item>{}", nest.repeat(30_000));
        assert!(read(&hidden).map_or(true, |feed| feed.entries.len() <= MOST_ENTRIES));
    }
    assert!(read(&format!("{{\"items\":{}", "[".repeat(100_000))).is_err());
    let wide = format!(
        "<rss version=\"2.0\"><channel>{}</channel></rss>",
        "<a></a>".repeat(100_000)
    );
    assert_eq!(read(&wide), Err(FeedError::Large));
    // Each attribute is compared with all before it.
    let attributes: String = (0..200_000).map(|i| format!(" a{i}=''")).collect();
    let wide = format!("<rss version=\"2.0\"{attributes}><channel></channel></rss>");
    assert_eq!(read(&wide), Err(FeedError::Large));
    let many: String = (0..500)
        .map(|i| format!("<item><title>{i}</title><link>https://a.example/{i}</link></item>"))
        .collect();
    assert_eq!(
        read(&format!("<rss version=\"2.0\"><channel>{many}</channel></rss>"))
            .unwrap()
            .entries
            .len(),
        MOST_ENTRIES
    );
    // An entity that would grow to 10^9 letters.
    let laughs = r#"<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
        <rss version="2.0"><channel><item><title>&c;</title><link>https://a.example/</link></item></channel></rss>"#;
    let told = read(laughs).map(|f| f.entries.iter().map(|e| e.title.len()).sum::<usize>());
    assert!(told.is_err() || told.unwrap() < 100);
}

#[test]
fn hostile_pages_are_refused_or_read() {
    assert!(Page::read("").is_err());
    assert!(Page::read(&"<div>".repeat(5000)).is_err());
    assert!(Page::read(&"<b>".repeat(5000)).is_err());
    assert!(Page::read(&"가".repeat(1_000_000)).is_err());
    assert!(Page::read(&"<br>".repeat(50_000)).is_err());
    // What hides how deep it is.
    for deep in [
        "<font>".repeat(19_000),
        format!("<svg a=\"</svg>\">{}", "<td>".repeat(19_000)),
    ] {
        assert!(Page::read(&format!("{deep}가격이 올랐다. 그래서 줄였다.")).is_err());
    }
    let attributes: String = (0..200_000).map(|i| format!(" a{i}")).collect();
    assert!(Page::read(&format!("<p{attributes}>가격이 올랐다. 그래서 줄였다.")).is_err());
    // What would be opened again in each of many paragraphs: gigabytes, if it were.
    let fonts: String = (0..19_000).map(|i| format!("<font a={i}>")).collect();
    let again = format!("<p>{fonts}</p>{}", "<p>값이 올랐다.</p>".repeat(10_000));
    assert!(Page::read(&again).is_err());
    let fonts: String = (0..300).map(|i| format!("<font a={i}>")).collect();
    let again = format!("<p>{fonts}</p>{}", "<p>값이 올랐다.</p>".repeat(10_000));
    assert!(Page::read(&again).unwrap().text().starts_with("값이 올랐다."));
    let near = format!(
        "{}<p>연남동 일부에 물이 나오지 않습니다. 미리 받아 두세요.</p>",
        "<div>".repeat(390)
    );
    assert!(Page::read(&near).unwrap().text().contains("연남동"));
    let paragraphs = "<p>값이 올랐다.</p>".repeat(9000);
    assert!(
        Page::read(&format!("<p>{paragraphs}"))
            .unwrap()
            .text()
            .chars()
            .count()
            <= 70_000
    );
    let control =
        "<article><p>\u{202e}뒤집힌 글자와 \u{7}종소리는 나오지 않습니다. 그렇게 읽힙니다.</p></article>";
    assert!(
        !Page::read(control)
            .unwrap()
            .text()
            .contains(['\u{202e}', '\u{7}'])
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn no_markup_breaks_the_reading(pieces in prop::collection::vec(prop::sample::select(vec![
        "<div>", "</div>", "<p>", "<table><tr><td>", "</td></tr></table>", "<b>", "<a href=x>", "</a>", "<br>", "<!--", "-->", "<script>",
        "</script>", "◆ 제목 하나", "■ 둘", "가격이 올랐다. 그래서 줄였다.", "댓글 3", "기자 = ", "(서울=", "@", "무단전재", "\n\n", "<li>", "&amp;", "<", ">",
        "<article class=comment>", "<th>제목</th><td>", "<svg><p>", "<math><mi>", "<template>", "<title>", "<select><option>",
    ]), 0..120)) {
        let html = pieces.concat();
        if let Ok(page) = Page::read(&html) {
            prop_assert!(!page.stories.is_empty());
            prop_assert!(page.text().chars().count() <= html.chars().count() + 1);
        }
        let _ = Feed::read(html.as_bytes(), None, AT);
    }
}
