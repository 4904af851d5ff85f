//! Fetching and a shop's round, from a real server on the loopback, which is allowed here explicitly.

mod server;

use std::sync::atomic::{AtomicI64, Ordering};

use biseo_model::ids::ShopId;
use biseo_news::fetch::{FetchError, Fetched, Fetcher, MOST_OCTETS, Validators};
use biseo_news::{Failed, Report, Rounds, Terms, Topics, tonight};
use biseo_outbound::Allowed;
use biseo_store::{Followed, Span, Store};
use jiff::Timestamp;
use server::{Answer, Server};

fn fetcher() -> Fetcher {
    Fetcher::new(Allowed::and(vec!["127.0.0.0/8".parse().unwrap()]), None).unwrap()
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_795_651_200 + 60 * minute).unwrap()
}

/// A digest that begins days before.
fn until(minute: i64) -> Span {
    span(-6000, minute)
}

fn span(from: i64, until: i64) -> Span {
    Span {
        from: at(from),
        until: at(until),
    }
}

async fn get(server: &Server, path: &str) -> Result<Fetched, FetchError> {
    fetcher().get(&server.url(path), &Validators::default()).await
}

fn octets(fetched: Fetched) -> Vec<u8> {
    match fetched {
        Fetched::New { octets, .. } => octets,
        Fetched::Unchanged => panic!("unchanged"),
    }
}

#[tokio::test]
async fn what_is_not_public_is_not_asked() {
    let server = Server::start().await;
    server.put("/", Answer::html("안녕"));
    let public = Fetcher::new(Allowed::public().with_plain(), None).unwrap();
    let local = server.url("/").replace("127.0.0.1", "localhost");
    for (address, error) in [
        (server.url("/"), FetchError::Refused),
        (local, FetchError::NoConnection),
    ] {
        assert_eq!(
            public.get(&address, &Validators::default()).await,
            Err(error),
            "{address}"
        );
    }
    assert!(!public.accepts(&server.url("/")) && !public.accepts("file:///etc/passwd"));
    assert!(public.accepts("http://news.example/rss"));
    assert_eq!(server.asked("/"), 0);
    assert!(get(&server, "/").await.is_ok());
}

#[tokio::test]
async fn redirections_are_followed_some_times_and_judged_each_time() {
    let server = Server::start().await;
    server.put("/a", Answer::to("/b"));
    server.put("/b", Answer::to(&server.url("/c#x")));
    server.put("/c", Answer::html("여기"));
    server.put("/loop", Answer::to("/loop"));
    server.put("/inside", Answer::to("http://192.168.0.1/admin"));
    server.put("/file", Answer::to("file:///etc/passwd"));
    assert_eq!(octets(get(&server, "/a").await.unwrap()), "여기".as_bytes());
    assert_eq!(get(&server, "/loop").await, Err(FetchError::Astray));
    assert_eq!(server.asked("/loop"), 5);
    assert_eq!(get(&server, "/inside").await, Err(FetchError::Refused));
    assert_eq!(get(&server, "/file").await, Err(FetchError::Refused));
}

#[tokio::test]
async fn what_is_too_long_is_given_up_compressed_or_not() {
    let server = Server::start().await;
    server.put("/long", Answer::html(&"a".repeat(MOST_OCTETS + 1)));
    server.put("/bomb", Answer::zipped(&vec![b'a'; 20 * MOST_OCTETS]));
    server.put("/zip", Answer::zipped("가격".as_bytes()));
    server.put("/broken", Answer::html("x").with("content-encoding", "gzip"));
    server.put("/gone", Answer::status(404));
    assert_eq!(get(&server, "/long").await, Err(FetchError::Large));
    assert_eq!(get(&server, "/bomb").await, Err(FetchError::Large));
    assert_eq!(octets(get(&server, "/zip").await.unwrap()), "가격".as_bytes());
    assert_eq!(get(&server, "/broken").await, Err(FetchError::Broken));
    assert_eq!(get(&server, "/gone").await, Err(FetchError::Status(404)));
}

const FEED: &str = r#"<rss version="2.0"><channel><title>한빛일보</title>
    <item><title>망원시장 앞 도로 통제</title><link>/1</link><pubDate>Thu, 26 Nov 2026 09:00:00 +0900</pubDate></item>
    <item><title>골목 브리핑</title><link>/2</link></item>
    <item><title>없는 기사</title><link>/404</link><description>요약만 남은 기사입니다. 본문은 사라졌습니다.</description></item>
    <item><title>옛 기사</title><link>/old</link><pubDate>Thu, 01 Jan 2026 09:00:00 +0900</pubDate></item></channel></rss>"#;

async fn shop_that_follows(server: &Server, paths: &[&str]) -> (tempfile::TempDir, Store, ShopId) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path().join("biseo.db").to_str().unwrap())
        .await
        .unwrap();
    let shop = ShopId::new("haengbok").unwrap();
    for path in paths {
        let feed = Followed {
            reader: "owner".into(),
            address: server.url(path),
            name: "소식".into(),
            made: at(0),
        };
        assert!(store.follow_feed(&shop, &feed).await.unwrap());
    }
    (dir, store, shop)
}

fn papers(server: &Server) {
    server.put("/rss", Answer::feed(FEED).with("etag", "\"v1\""));
    server.put("/1", Answer::html(include_str!("pages/seen/ko-news-02.html")));
    server.put("/2", Answer::html(include_str!("pages/seen/ko-bundle-01.html")));
    let old = include_bytes!("pages/seen/ko-news-09.html");
    server.put("/page", Answer::octets("text/html", old));
    server.put("/nothing", Answer::status(500));
}

#[tokio::test]
async fn a_round_brings_stories_and_asks_each_feed_once_an_hour() {
    let server = Server::start().await;
    papers(&server);
    let (_dir, store, shop) = shop_that_follows(&server, &["/rss", "/page", "/nothing"]).await;
    let rounds = Rounds::new(fetcher());
    let first = rounds.run(&store, &shop, &|| at(0)).await.unwrap();
    // One article, three stories of a bundle, one summary, one page in EUC-KR.
    assert_eq!(
        first,
        Report {
            asked: 3,
            failed: vec![Failed {
                address: server.url("/nothing"),
                fault: "status 500".into(),
            }],
            stories: 6
        }
    );
    assert_eq!(first.failed[0].host(), "127.0.0.1");
    assert_eq!(server.asked("/old"), 0, "months old");
    let fault = store
        .feed_state(&shop, &server.url("/nothing"))
        .await
        .unwrap()
        .unwrap()
        .fault;
    assert_eq!(fault.as_deref(), Some("status 500"));

    let again = rounds.run(&store, &shop, &|| at(59)).await.unwrap();
    assert_eq!(again, Report::default());
    assert_eq!(server.asked("/rss"), 1);
    let next = rounds.run(&store, &shop, &|| at(60)).await.unwrap();
    assert_eq!((next.asked, next.stories), (3, 0));
    assert_eq!(
        (server.asked("/rss"), server.unchanged("/rss"), server.asked("/1")),
        (2, 1, 1)
    );
}

#[tokio::test]
async fn the_evening_tells_what_was_brought_and_heeds_the_reader() {
    let server = Server::start().await;
    papers(&server);
    let (_dir, store, shop) = shop_that_follows(&server, &["/rss", "/page"]).await;
    Rounds::new(fetcher())
        .run(&store, &shop, &|| at(0))
        .await
        .unwrap();
    let told = tonight(&store, &shop, "owner", until(600), 120).await.unwrap();
    let titles: Vec<&str> = told.iter().map(|n| n.title.as_str()).collect();
    assert!(titles.contains(&"음식점 가스 안전점검 연 2회로"), "{titles:?}");
    assert!(titles.contains(&"망원시장 앞 도로 통제"), "{titles:?}");
    let market = told.iter().find(|n| n.title == "망원시장 앞 도로 통제").unwrap();
    assert!(
        market
            .sentences
            .iter()
            .all(|q| q.link == server.url("/1") && q.source == "마포타임즈")
    );
    assert!(
        market.sentences[0]
            .text
            .starts_with("마포구 망원동 망원시장 앞 도로가")
    );
    let shown: u32 = told
        .iter()
        .flat_map(|n| &n.sentences)
        .map(|q| biseo_digest::seconds(&q.text))
        .sum();
    assert!(shown <= 120);

    let learn = |t: &mut Topics| {
        t.mute("가스");
        t.opened(&Terms::of("종이 빨대 지침"), at(601));
    };
    assert!(Topics::change(&store, &shop, "owner", learn).await.unwrap());
    let told = tonight(&store, &shop, "owner", until(602), 120).await.unwrap();
    assert!(told.iter().all(|n| !n.title.contains("가스")));
    assert_eq!(told[0].title, "종이 빨대 사용 지침 개정");
    let other = ShopId::new("other").unwrap();
    assert!(
        tonight(&store, &other, "owner", until(602), 120)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        tonight(&store, &shop, "staff", until(602), 120)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        tonight(&store, &shop, "owner", until(600 + 26 * 60), 120)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn pages_that_are_not_to_be_had_wait_and_none_is_lost() {
    let server = Server::start().await;
    let item = |i: usize| format!("<item><title>소식 {i}</title><link>/gone/{i}</link></item>");
    let feed: String = (0..5).map(item).collect();
    let feed = format!("<rss version=\"2.0\"><channel><title>한빛</title>{feed}</channel></rss>");
    server.put("/rss", Answer::feed(&feed).with("etag", "\"v1\""));
    let (_dir, store, shop) = shop_that_follows(&server, &["/rss"]).await;
    let rounds = Rounds::new(fetcher());
    let mut new = Vec::new();
    for hour in 0..4 {
        new.push(
            rounds
                .run(&store, &shop, &|| at(60 * hour))
                .await
                .unwrap()
                .stories,
        );
    }
    assert_eq!(new, [3, 2, 0, 0]);
    assert_eq!((server.asked("/gone/0"), server.asked("/gone/4")), (1, 1));
    assert_eq!(
        server.unchanged("/rss"),
        2,
        "an ETag is kept only once all is told"
    );
}

#[tokio::test]
async fn a_page_that_changes_is_told_anew_and_one_that_does_not_is_not() {
    let server = Server::start().await;
    papers(&server);
    let (_dir, store, shop) = shop_that_follows(&server, &["/page"]).await;
    let rounds = Rounds::new(fetcher());
    let mut new = Vec::new();
    for hour in 0..3 {
        if hour == 2 {
            server.put(
                "/page",
                Answer::html(include_str!("pages/seen/ko-notice-02.html")),
            );
        }
        new.push(
            rounds
                .run(&store, &shop, &|| at(60 * hour))
                .await
                .unwrap()
                .stories,
        );
    }
    assert_eq!(new, [1, 0, 1]);
}

#[tokio::test]
async fn what_one_evening_told_is_not_told_by_the_next() {
    let server = Server::start().await;
    papers(&server);
    let (_dir, store, shop) = shop_that_follows(&server, &["/page"]).await;
    // Each look at this clock takes a minute.
    let minute = AtomicI64::new(-1);
    let clock = || at(minute.fetch_add(1, Ordering::Relaxed) + 1);
    Rounds::new(fetcher()).run(&store, &shop, &clock).await.unwrap();
    let kept = store.news_since(&shop, "owner", at(-1)).await.unwrap()[0].seen;
    assert_eq!(kept, at(2), "not when the round began");
    let told = async |from, until| {
        let told = tonight(&store, &shop, "owner", span(from, until), 120).await;
        told.unwrap().len()
    };
    assert_eq!(told(-60, 2).await, 0, "kept after the span");
    assert_eq!(told(2, 600).await, 1);
    assert_eq!(told(-60, 600).await, 1);
    assert_eq!(told(3, 600).await, 0, "told by the digest before");
    assert_eq!(told(-60, 2 + 26 * 60).await, 1);
    assert_eq!(told(-60, 3 + 26 * 60).await, 0, "no news after a day");
}

#[tokio::test]
async fn of_a_text_its_beginning_is_kept_for_three_days_and_its_title_longer() {
    let server = Server::start().await;
    let paragraph = format!("<p>{}</p>", "시장 앞 도로가 밤마다 막힌다. ".repeat(100));
    let page = format!(
        "<title>도로 통제</title><article><p>28일부터다.</p>{}</article>",
        paragraph.repeat(6)
    );
    server.put("/page", Answer::html(&page));
    let (_dir, store, shop) = shop_that_follows(&server, &["/page"]).await;
    let rounds = Rounds::new(fetcher());
    let hour = |n: i64| at(60 * n);
    rounds.run(&store, &shop, &|| hour(0)).await.unwrap();
    let kept = async || store.news_since(&shop, "owner", at(-1)).await.unwrap().remove(0);
    let first = kept().await;
    assert_eq!(first.body.chars().count(), 6000);
    assert!(first.body.starts_with("28일부터다.\n시장 앞"));
    rounds.run(&store, &shop, &|| hour(72)).await.unwrap();
    assert_eq!(kept().await, first);
    let again = rounds.run(&store, &shop, &|| hour(73)).await.unwrap();
    assert_eq!((again.asked, again.stories), (1, 0), "it is known still");
    let bare = biseo_store::NewsItem {
        body: String::new(),
        ..first
    };
    assert_eq!(kept().await, bare);
}
