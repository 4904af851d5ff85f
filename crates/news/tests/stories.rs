//! Stories out of pieces, their sentences, and the evening's choice.

use biseo_news::{Piece, Story, Terms, Topics, edition, merge};
use jiff::Timestamp;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_795_600_000 + 60 * minute).unwrap()
}

fn piece(title: &str, text: &str, source: &str, minute: i64) -> Piece {
    Piece {
        title: title.into(),
        link: format!("https://{source}.example/{minute}"),
        source: source.into(),
        at: at(minute),
        paragraphs: text.lines().map(str::to_string).collect(),
    }
}

/// Of the pairs that were tuned on or of the others: likeness, whether they are taken for the same, whether they are, and the line.
fn pairs(held: bool) -> Vec<(f64, bool, bool, String)> {
    let lines = include_str!("pairs.txt").lines().filter(|l| !l.starts_with('#'));
    let of = lines
        .filter(|l| l.starts_with('?') == held)
        .map(|l| l.trim_start_matches('?'));
    let read = |line: &str| {
        let (a, b) = line[2..].split_once(" || ").unwrap();
        let read = |s: &str| {
            let (title, text) = s.split_once(" | ").unwrap();
            piece(title, text, "x", 0)
        };
        let (a, b) = (read(a), read(b));
        let likeness = a.grams().likeness(&b.grams());
        (likeness, a.same(&b), line.starts_with('='), line.to_string())
    };
    of.map(read).collect()
}

#[test]
fn pairs_are_told_apart_by_the_threshold() {
    for held in [false, true] {
        let all = pairs(held);
        assert!(all.len() >= 8);
        if std::env::var_os("NEWS_SHOW").is_some() {
            all.iter().for_each(|(l, _, same, s)| {
                println!("{held} {same} {l:.3} {}", s.chars().take(30).collect::<String>())
            });
        }
        let wrong: Vec<_> = all.iter().filter(|(_, taken, is, _)| taken != is).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}

const CABBAGE: &str = "배추 도매가격이 한 달 새 30% 넘게 내렸다. 가락시장에서 24일 배추 10kg 한 망은 8,450원에 거래됐다.\n\
    그는 웃었다. \"한숨 돌렸다\"고 박 씨는 말했다.\n전문가들은 12월 초까지 배추 가격의 내림세가 이어질 것으로 본다.";
const AGAIN: &str = "배추 도매가격이 한 달 만에 30% 이상 떨어졌다. 서울 가락시장에서 배추 10kg은 24일 8,450원에 거래됐다. 소매가격은 5,890원이다.";

fn news() -> Vec<Piece> {
    vec![
        piece("가을배추 쏟아지자 배춧값 30% 뚝", AGAIN, "b", 30),
        piece("배추 한 포기 6천 원 밑으로", CABBAGE, "a", 10),
        piece(
            "망원시장 앞 도로 통제",
            "망원시장 앞 도로가 다음 달 1일부터 밤마다 막힌다. 상수도관 420m를 바꾼다.",
            "a",
            20,
        ),
        piece(
            "제로페이 26일 새벽 점검",
            "간편결제진흥원은 26일 오전 1시부터 3시까지 결제망을 점검한다고 밝혔다.",
            "c",
            5,
        ),
    ]
}

#[test]
fn what_several_papers_tell_is_one_story_whatever_the_order() {
    let stories = merge(news());
    assert_eq!(stories.len(), 3);
    let cabbage = stories.iter().find(|s| s.pieces.len() == 2).unwrap();
    assert_eq!(cabbage.title(), "배추 한 포기 6천 원 밑으로");
    let mut other = news();
    other.reverse();
    assert_eq!(merge(other), stories);
    let late = piece("가을배추 쏟아지자 배춧값 30% 뚝", AGAIN, "d", 10 + 73 * 60);
    assert_eq!(merge([news(), vec![late]].concat()).len(), 4, "another day's");
    assert!(merge(Vec::new()).is_empty());
}

#[test]
fn sentences_stand_as_they_were_written_and_say_nothing_twice() {
    let stories = merge(news());
    for story in &stories {
        let summary = story.summary(3);
        assert!((1..=3).contains(&summary.len()));
        for quoted in &summary {
            let from = story.pieces.iter().find(|p| p.link == quoted.link).unwrap();
            assert!(
                from.paragraphs.iter().any(|p| p.contains(&quoted.text)),
                "{}",
                quoted.text
            );
            assert_eq!(from.source, quoted.source);
        }
    }
    let cabbage: Vec<String> = stories
        .iter()
        .find(|s| s.pieces.len() == 2)
        .unwrap()
        .summary(3)
        .into_iter()
        .map(|q| q.text)
        .collect();
    assert!(cabbage.iter().any(|s| s.contains("30%")), "{cabbage:?}");
    assert!(
        cabbage.iter().filter(|s| s.contains("30%")).count() == 1,
        "{cabbage:?}"
    );
    assert!(!cabbage.contains(&"그는 웃었다.".to_string()));
}

#[test]
fn a_story_without_a_sentence_gives_its_headline_and_page() {
    let bare = Story {
        pieces: vec![piece("단수 안내", "", "a", 1)],
    };
    let summary = bare.summary(3);
    assert_eq!((summary.len(), summary[0].text.as_str()), (1, "단수 안내"));
    assert_eq!(summary[0].link, bare.pieces[0].link);
    assert!(bare.summary(0).is_empty());
}

#[test]
fn what_is_opened_comes_first_and_what_is_muted_goes() {
    let (stories, mut topics) = (merge(news()), Topics::default());
    let titles = |t: &Topics| {
        edition(&stories, t, at(60), 120)
            .into_iter()
            .map(|n| n.title)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        titles(&topics)[0],
        "배추 한 포기 6천 원 밑으로",
        "two papers have it"
    );
    for _ in 0..3 {
        topics.opened(&Terms::of("제로페이 결제 오류"), at(0));
    }
    assert_eq!(titles(&topics)[0], "제로페이 26일 새벽 점검");
    assert!(topics.mute("배추가") && titles(&topics).iter().all(|t| !t.contains("배추")));
    assert!(topics.unmute("배추") && titles(&topics).len() == 3);
    for _ in 0..2 {
        topics.put_aside(&Terms::of("망원시장 앞 도로 통제"), at(0));
    }
    assert_eq!(titles(&topics).len(), 2);
    let kept = serde_json::to_string(&topics).unwrap();
    assert_eq!(serde_json::from_str::<Topics>(&kept).unwrap(), topics);
}

#[test]
fn a_weight_fades_and_never_leaves_its_bounds() {
    let mut topics = Topics::default();
    for i in 0..100 {
        topics.opened(&Terms::of("김장 배추"), at(i));
    }
    let day = 24 * 60;
    let weight = |t: &Topics, minute| t.strongest(at(minute), 1)[0].1;
    let now = weight(&topics, 99);
    assert!((3.9..=4.0).contains(&now), "{now}");
    assert!((weight(&topics, 99 + 30 * day) - now / 2.0).abs() < 1e-6);
    for i in 0..700 {
        topics.opened(&Terms::of(&format!("주제{} 김장", letters(i))), at(200 + i));
    }
    assert!(topics.strongest(at(1000), 10_000).len() <= 500);
    assert!(!topics.mute("a b") && !topics.mute("") && !topics.mute(&"긴".repeat(30)));
}

fn letters(i: i64) -> String {
    let syllable = |n: i64| char::from_u32(0xac00 + u32::try_from(n).unwrap() * 28).unwrap();
    [syllable(i % 30), syllable(i / 30)].iter().collect()
}

#[test]
fn no_more_is_told_than_is_read_in_the_time() {
    let many: Vec<Story> = (0..60)
        .map(|i| Story {
            pieces: vec![piece(&format!("소식 {i}호 {}", letters(i)), CABBAGE, "a", i)],
        })
        .collect();
    for budget in [0, 5, 30, 120] {
        let told = edition(&many, &Topics::default(), at(60), budget);
        let shown = told.iter().map(|n| {
            let all: String = n.sentences.iter().map(|q| format!("{}\n", q.text)).collect();
            biseo_digest::seconds(&format!("{}\n{all}", n.title))
        });
        assert!(shown.sum::<u32>() <= budget);
        assert_eq!(told.is_empty(), budget <= 5, "{budget}");
    }
}

#[test]
fn of_more_pieces_than_are_merged_the_newest_are() {
    let told = |i: i64| piece(&format!("{i}"), "", "a", i);
    let stories = merge((0..510).rev().map(told).collect());
    let times: Vec<Timestamp> = stories.iter().map(Story::at).collect();
    assert_eq!(
        (times.len(), times.iter().min(), times.iter().max()),
        (500, Some(&at(10)), Some(&at(509)))
    );
}

#[test]
fn what_is_muted_is_what_is_kept() {
    let mut topics = Topics::default();
    let words = [
        " 김장은",
        "Soccer",
        "나라에서도",
        "두 낱말",
        "a",
        "",
        "열두글자보다긴낱말이라도스무자까지",
    ]
    .map(String::from);
    let kept: Vec<_> = words.iter().filter_map(|w| Topics::topic(w)).collect();
    topics.mute_only(&words);
    let mut sorted = kept.clone();
    sorted.sort();
    assert_eq!(topics.muted().collect::<Vec<_>>(), sorted);
    assert_eq!(
        kept,
        ["김장", "soccer", "나라에서", "열두글자보다긴낱말이라도스무자"]
    );
    // Also one that ends like a particle once more.
    assert!(kept.iter().all(|word| topics.unmute(word)));
    topics.mute_only(&words[..1]);
    assert_eq!(topics.muted().collect::<Vec<_>>(), ["김장"]);
}

/// A learnt word may end like a particle.
#[test]
fn a_learnt_word_is_muted_as_it_was_learnt() {
    let mut topics = Topics::default();
    topics.opened(&Terms::of("제주도에 첫눈"), at(0));
    let words = ["제주도".to_string()];
    topics.mute_only(&words);
    assert_eq!(topics.muted().collect::<Vec<_>>(), ["제주도"]);
    topics.forget("제주도");
    assert!(
        topics
            .strongest(at(0), 10)
            .iter()
            .all(|(word, _)| *word != "제주도")
    );
    topics.mute_only(&words);
    assert_eq!(topics.muted().collect::<Vec<_>>(), ["제주도"]);
    assert_eq!(topics.named("제주도는").as_deref(), Some("제주도"));
}
