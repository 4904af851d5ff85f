//! What a library leaves of Korean sites' furniture within an article: reporters, copyright, invitations, counts, lists of other articles.

use std::sync::LazyLock;

use super::block::Block;
use super::prune::lines;

const ENDS: &str = include_str!("../../data/ends.txt");
const LINES: &str = include_str!("../../data/lines.txt");
/// Longer lines are judged to be prose.
const SHORT: usize = 110;
/// A heading of a list of other articles is no longer than this.
const HEADING: usize = 24;

static END: LazyLock<Vec<&'static str>> = LazyLock::new(|| lines(ENDS));
static LINE: LazyLock<Vec<&'static str>> = LazyLock::new(|| lines(LINES));

/// Keeps what is the article's.
pub(super) fn clean(blocks: Vec<Block>, title: &str) -> Vec<Block> {
    let mut kept: Vec<Block> = Vec::new();
    for mut block in blocks {
        // Furniture's headings before any text are those of the page's head.
        if is_end(&block.text) && kept.iter().any(|b| is_prose(&b.text)) {
            break;
        }
        block.text = without_dateline(&block.text).to_string();
        if !is_furniture(&block, title) {
            kept.push(block);
        }
    }
    kept
}

/// Whether a line is a sentence, or as long as one.
fn is_prose(text: &str) -> bool {
    text.chars().count() > 30 || text.ends_with(['.', '!', '?'])
}

fn is_end(text: &str) -> bool {
    let short = text.chars().count() <= HEADING && !text.ends_with("다.");
    let text = text.trim_start_matches(['[', '<', '■', '▶', ' ']);
    short
        && END
            .iter()
            .any(|e| text.starts_with(e) && !goes_on(&text[e.len()..]))
}

/// "댓글부대": a word that only begins so.
fn goes_on(rest: &str) -> bool {
    rest.starts_with(|c: char| matches!(c, '가'..='힣') && !"을를이가은는의".contains(c))
}

fn is_furniture(block: &Block, title: &str) -> bool {
    let text = block.text.as_str();
    let letters = text.chars().count();
    let bare = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    // The title again, with a date at most.
    let beside = bare(text)
        .strip_prefix(&bare(title))
        .map(|r| r.chars().all(|c| c.is_ascii_digit()));
    if bare(text).is_empty() || beside == Some(true) && !bare(title).is_empty() {
        return true;
    }
    letters <= SHORT
        && (block.linked
            || LINE.iter().any(|l| text.contains(l))
            || is_by_line(text)
            || is_stamp(text)
            || is_pointer(text)
            || is_control(text)
            || is_caption(text))
}

/// Reporters: an address of e-mail, or few words that end with an office.
fn is_by_line(text: &str) -> bool {
    let mail = text.split_whitespace().any(is_mail);
    let office = [
        "기자",
        "특파원",
        "편집위원",
        "논설위원",
        "기자]",
        "특파원]",
        "기자)",
        "통신원",
    ];
    let few = text.split_whitespace().count() <= 6;
    (mail && text.split_whitespace().count() <= 12 && !text.ends_with("다.") && !text.ends_with("오."))
        || (few && office.iter().any(|o| text.ends_with(o)))
        || (few && (text.starts_with("By ") || text.starts_with("Words by ")))
}

fn is_mail(word: &str) -> bool {
    word.split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}

/// When it was written, changed, sent; by which office; how often it was read.
fn is_stamp(text: &str) -> bool {
    const HEADS: [&str; 25] = [
        "입력",
        "수정",
        "승인",
        "등록",
        "기사입력",
        "최종수정",
        "송고시간",
        "작성일",
        "작성자",
        "등록일",
        "조회",
        "조회수",
        "담당부서",
        "전화번호",
        "부서",
        "제목",
        "제 목",
        "첨부",
        "첨부파일",
        "Published",
        "Posted",
        "Updated",
        "공지사항",
        "새소식",
        "본문",
    ];
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let sentence = text.ends_with(['.', '!', '?']) && text.contains(['다', '요', '오']);
    let head = HEADS.iter().any(|h| {
        text.strip_prefix(h)
            .is_some_and(|r| r.is_empty() || r.starts_with([' ', ':', '|']))
    });
    let only_date = digits >= 6
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || c.is_whitespace() || "./-:|년월일시분오전후송고()".contains(c));
    (head && !sentence) || only_date
}

/// "☞ …", "▶ … 보기": an arrow to somewhere else.
fn is_pointer(text: &str) -> bool {
    let arrow = text.starts_with(['☞', '→', '➤']);
    let related = ["[관련기사", "관련기사", "[관련 기사", "[이어 읽기", "이어 읽기"];
    arrow || related.iter().any(|r| text.starts_with(r)) || (text.starts_with('※') && text.contains("기사"))
}

/// Buttons that are words: sharing, printing, voting.
fn is_control(text: &str) -> bool {
    const WORDS: [&str; 46] = [
        "공유",
        "인쇄",
        "스크랩",
        "프린트",
        "메일",
        "목록",
        "목록보기",
        "가",
        "가+",
        "가-",
        "좋아요",
        "훈훈해요",
        "슬퍼요",
        "화나요",
        "공감",
        "댓글",
        "신고",
        "추천",
        "답글",
        "트위터",
        "카카오톡",
        "밴드",
        "카카오스토리",
        "공유하기",
        "구독",
        "듣기",
        "이전",
        "다음",
        "검색",
        "로그인",
        "북마크",
        "바로보기",
        "이웃추가",
        "감사합니다",
        "Share",
        "Print",
        "Reply",
        "Like",
        "Twitter",
        "Facebook",
        "Yes",
        "No",
        "Home",
        "Join",
        "Subscribe",
        "웹에서",
    ];
    let mut words = text
        .split(|c: char| c.is_whitespace() || "|·[].,:/".contains(c))
        .filter(|w| !w.is_empty())
        .peekable();
    let tags = text.split_whitespace().all(|w| w.starts_with('#') && w.len() > 1);
    tags || (words.peek().is_some()
        && text.chars().count() <= 40
        && words.all(|w| WORDS.contains(&w) || w.chars().all(|c| c.is_ascii_digit())))
}

/// "사진=…", "▲ …", "그래픽=…".
fn is_caption(text: &str) -> bool {
    let credit = [
        "사진=",
        "사진 =",
        "그래픽=",
        "[사진",
        "자료사진",
        "(사진",
        "/사진",
    ];
    text.starts_with('▲') || text.starts_with('△') || credit.iter().any(|c| text.contains(c))
}

/// "(서울=가상통신) 홍길동 기자 = 값이 올랐다.": without its beginning.
fn without_dateline(text: &str) -> &str {
    let Some((head, rest)) = text.split_once("기자 = ") else {
        return text;
    };
    let known = head.starts_with(['(', '[']) && head.chars().count() <= 40;
    if known { rest } else { text }
}
