//! The report of a rehearsal: one page that needs nothing but itself, for the owner of a shop.
//!
//! Whatever comes from scenarios, profiles and conversations goes through [`escaped`].

use biseo_rehearse::{Line, Rate};

use super::{Played, print, words};
use crate::wording::Wording;

const STYLE: &str = include_str!("../../templates/rehearsal.css");

/// The page; `by_voice` if the calls were real ones.
pub(super) fn page(played: &[Played], by_voice: bool, wording: &Wording) -> String {
    let title = text(wording, "title");
    let failed: Vec<&Played> = played.iter().filter(|p| !p.passed()).collect();
    let passed: Vec<&Played> = played.iter().filter(|p| p.passed()).collect();
    let failures = if failed.is_empty() {
        format!("<p class=\"calm\">{}</p>", text(wording, "all_passed"))
    } else {
        section("failures_heading", &failed, wording)
    };
    let successes = if passed.is_empty() {
        String::new()
    } else {
        section("passed_heading", &passed, wording)
    };
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <header><h1>{title}</h1>\n{}</header>\n{failures}\n{successes}\n</main>\n</body>\n</html>\n",
        text(wording, "language"),
        summary(played, by_voice, wording),
    )
}

/// The figures at the top.
fn summary(played: &[Played], by_voice: bool, wording: &Wording) -> String {
    let mut rate = Rate::default();
    played.iter().for_each(|p| rate.count(p.passed()));
    let (low, high) = rate.interval();
    let share = wording.say("page_share", &rate.passed.to_string(), &rate.total.to_string());
    let bounds = format!("{:.0}–{:.0}%", 100.0 * low, 100.0 * high);
    let turns = format!("{:.1}", print::mean_turns(played));
    let mut out = format!("<p class=\"share\">{}</p>\n{}\n", escaped(&share), bar(rate));
    for line in [
        wording.say("page_interval", &bounds, ""),
        wording.say("mean_turns", &turns, ""),
        wording.say(if by_voice { "page_voice" } else { "page_text" }, "", ""),
    ] {
        out += &format!("<p class=\"quiet\">{}</p>\n", escaped(&line));
    }
    out + &kinds(played, wording)
}

fn kinds(played: &[Played], wording: &Wording) -> String {
    let by_kind = print::by_kind(played);
    if by_kind.keys().all(|k| k.is_empty()) {
        return String::new();
    }
    let row = |(name, rate): (&&str, &Rate)| {
        let of = format!("{}/{}", rate.passed, rate.total);
        let bar = bar(*rate);
        format!(
            "<tr><th scope=\"row\">{}</th><td>{of}</td><td>{bar}</td></tr>\n",
            escaped(name)
        )
    };
    let rows: String = by_kind.iter().map(row).collect();
    let head = text(wording, "by_kind");
    format!("<details class=\"kinds\"><summary>{head}</summary><table>\n{rows}</table></details>\n")
}

fn bar(rate: Rate) -> String {
    format!(
        "<meter min=\"0\" max=\"{}\" value=\"{}\"></meter>",
        rate.total, rate.passed
    )
}

fn section(heading: &str, calls: &[&Played], wording: &Wording) -> String {
    let heading = wording.say(heading, &calls.len().to_string(), "");
    let calls: String = calls.iter().map(|p| call(p, wording)).collect();
    format!("<section>\n<h2>{}</h2>\n{calls}</section>", escaped(&heading))
}

/// One call; one that failed is open from the start.
fn call(played: &Played, wording: &Wording) -> String {
    let s = &played.scenario;
    let (class, open, mark, state) = if played.passed() {
        ("good", "", '✓', "good")
    } else {
        ("bad", " open", '✗', "bad")
    };
    let when = s.now().map_or_else(
        |_| s.now.clone(),
        |at| format!("{} {}", words::date(at.date(), wording), at.strftime("%H:%M")),
    );
    let opens = s.opens.all().first().map_or("", String::as_str);
    format!(
        "<details class=\"call {class}\"{open}>\n<summary><span class=\"mark\" title=\"{}\">{mark}</span>\
         <span class=\"shop\">{}</span><span class=\"first\">{}</span>\
         <span class=\"quiet\">{} · {} · {}</span></summary>\n{}{}{}{}</details>\n",
        text(wording, state),
        escaped(&played.shop),
        escaped(opens),
        escaped(&s.id),
        escaped(&s.kind),
        escaped(&when),
        list("faults", "not_as_expected", &failures(played, wording), wording),
        chat(played, wording),
        outcome(played, wording),
        list("spoken", "spoken", &played.spoken, wording),
    )
}

fn failures(played: &Played, wording: &Wording) -> Vec<String> {
    let all = played.failures.iter();
    all.map(|f| words::failure(f, wording)).collect()
}

/// The conversation: the caller at the right, as on one's own telephone.
fn chat(played: &Played, wording: &Wording) -> String {
    let bubble = |class: &str, who: &str, words: &str, below: &str| {
        format!(
            "<li class=\"{class}\"><b>{}</b><p>{}</p>{below}</li>\n",
            text(wording, who),
            escaped(words)
        )
    };
    let line = |line: &Line| match line {
        Line::Biseo(words) => bubble("biseo", "assistant", words, ""),
        Line::Caller(None) => bubble("caller", "caller", &wording.say("silence", "", ""), ""),
        Line::Caller(Some((words, understood))) => {
            let meaning = escaped(&self::words::understanding(understood, wording));
            let below = format!("<small>{}: {meaning}</small>", text(wording, "understood"));
            bubble("caller", "caller", words, &below)
        }
        Line::Did { .. } => String::new(),
    };
    let lines: String = played.lines.iter().map(line).collect();
    format!("<ol class=\"chat\">\n{lines}</ol>\n")
}

/// What was booked, ordered, left and answered.
fn outcome(played: &Played, wording: &Wording) -> String {
    let mut lines = words::outcome(&played.outcome, wording);
    if lines.is_empty() {
        lines.push(wording.say("nothing", "", ""));
    }
    let given = &played.scenario.given;
    let before = given.bookings.len() + given.orders.len();
    if before > 0 {
        lines.push(wording.say("given", &before.to_string(), ""));
    }
    list("outcome", "outcome", &lines, wording)
}

/// A list under a heading; nothing if it is empty.
fn list(class: &str, heading: &str, lines: &[String], wording: &Wording) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let items: String = lines.iter().map(|l| format!("<li>{}</li>", escaped(l))).collect();
    let heading = text(wording, heading);
    format!("<div class=\"{class}\"><h3>{heading}</h3><ul>{items}</ul></div>\n")
}

fn text(wording: &Wording, key: &str) -> String {
    escaped(&wording.say(key, "", ""))
}

/// A text that means nothing to a browser but itself, between tags and in quoted attributes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_markup() {
        let hostile = "<script>\"'&</script>";
        assert_eq!(escaped(hostile), "&lt;script&gt;&quot;&#39;&amp;&lt;/script&gt;");
    }
}
