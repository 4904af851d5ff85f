//! The page as HTML: no script, readable without its style sheet. Links hold a query only, so that they stay within the page.

use std::fmt::Write as _;

use biseo_digest::html::escape;
use jiff::civil::{Date, DateTime, Time};

use crate::scene::{Choice, Notice, Offer, Scene, Standing, Step};
use crate::words::{Language, Words};

/// The style sheet, light and dark.
pub(crate) const STYLE: &str = include_str!("style.css");

/// A booking's page.
pub(crate) fn page(scene: &Scene<'_>) -> String {
    let words = Words::of(scene.language);
    let title = words.say("page_title", &[("shop", scene.shop())]);
    let mut out = head(scene.language, &title);
    let _ = writeln!(
        out,
        "<header><p class=\"shop\">{}</p>{}</header>",
        escape(scene.shop()),
        language_link(scene.language)
    );
    if let Some(done) = scene.done {
        let text = escape(words.text(&format!("done_{}", done.code())));
        let _ = writeln!(out, "<p class=\"done\" role=\"status\">{text}</p>");
    }
    match &scene.step {
        Step::Look => look(&mut out, scene, words),
        Step::Cancel => cancel(&mut out, scene, words),
        Step::Choose(offer) => choose(&mut out, scene, words, offer),
        Step::Confirm(to) => confirm(&mut out, scene, words, *to),
    }
    out.push_str(FOOT);
    out
}

/// A page that tells why there is none.
pub(crate) fn notice(notice: Notice, language: Language) -> String {
    let words = Words::of(language);
    let text = |part: &str| escape(words.text(&format!("{}_{part}", notice.name())));
    let mut out = head(language, words.text("title"));
    let _ = write!(
        out,
        "<header><p class=\"shop\"></p>{}</header>\n<section><h1>{}</h1>\n<p>{}</p></section>\n",
        language_link(language),
        text("title"),
        text("note")
    );
    out.push_str(FOOT);
    out
}

const FOOT: &str = "</main>\n</body>\n</html>\n";

fn head(language: Language, title: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex, nofollow\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"format-detection\" content=\"telephone=no, date=no, address=no\">\n<title>{}</title>\n\
         <link rel=\"stylesheet\" href=\"/v/style.css\">\n</head>\n<body>\n<main>\n",
        language.tag(),
        escape(title)
    )
}

/// The same page in the other language; it begins anew, as steps are short.
fn language_link(language: Language) -> String {
    let other = match language {
        Language::Ko => Language::En,
        Language::En => Language::Ko,
    };
    let (tag, label) = (other.tag(), Words::of(language).text("language"));
    format!("<a class=\"lang\" lang=\"{tag}\" hreflang=\"{tag}\" href=\"?lang={tag}\">{label}</a>")
}

fn look(out: &mut String, scene: &Scene<'_>, words: &Words) {
    let (key, note) = match scene.standing {
        Standing::Open => ("standing", None),
        Standing::Begun => ("begun", Some("begun_note")),
        Standing::Cancelled => ("cancelled", Some("cancelled_note")),
    };
    let _ = write!(
        out,
        "<section class=\"{key}\">\n<h1>{}</h1>\n",
        escape(words.text(key))
    );
    facts(out, scene, words);
    if let Some(note) = note {
        let _ = writeln!(out, "<p>{}</p>", escape(words.text(note)));
    }
    out.push_str("</section>\n<nav>\n");
    if scene.standing == Standing::Open {
        link(out, scene, "main", "step=move", words.text("change"));
        link(out, scene, "grave", "step=cancel", words.text("cancel"));
    }
    call(out, scene, words);
    out.push_str("</nav>\n");
}

fn facts(out: &mut String, scene: &Scene<'_>, words: &Words) {
    let b = scene.booking;
    let when = words.when(b.date.to_datetime(b.time));
    let party = words.say("party", &[("n", &b.party_size.to_string())]);
    out.push_str("<dl>\n");
    fact(out, words, "when", &when);
    fact(out, words, "party", &party);
    fact(out, words, "services", &b.services.join(", "));
    fact(out, words, "with", scene.with().unwrap_or_default());
    fact(out, words, "name", &b.name);
    fact(out, words, "requests", &b.requests.join(", "));
    out.push_str("</dl>\n");
}

fn fact(out: &mut String, words: &Words, what: &str, value: &str) {
    if !value.is_empty() {
        let label = escape(words.text(&format!("label_{what}")));
        let _ = writeln!(
            out,
            "<div class=\"{what}\"><dt>{label}</dt><dd>{}</dd></div>",
            escape(value)
        );
    }
}

/// A link to a step of this page.
fn link(out: &mut String, scene: &Scene<'_>, class: &str, query: &str, text: &str) {
    let (tag, text) = (scene.language.tag(), escape(text));
    let and = if query.is_empty() { "" } else { "&amp;" };
    let _ = writeln!(
        out,
        "<a class=\"button {class}\" href=\"?{query}{and}lang={tag}\">{text}</a>"
    );
}

/// The shop's number, if the profile has one.
fn call(out: &mut String, scene: &Scene<'_>, words: &Words) {
    if let Some(number) = scene.profile.numbers.first() {
        let (digits, shown) = (escape(number.as_str()), escape(&number.grouped()));
        let label = escape(words.text("call"));
        let _ = writeln!(
            out,
            "<a class=\"button\" href=\"tel:{digits}\">{label} <span class=\"number\">{shown}</span></a>"
        );
    }
}

fn cancel(out: &mut String, scene: &Scene<'_>, words: &Words) {
    let _ = write!(
        out,
        "<section>\n<h1>{}</h1>\n",
        escape(words.text("cancel_title"))
    );
    facts(out, scene, words);
    let _ = write!(
        out,
        "<p>{}</p>\n</section>\n<nav>\n",
        escape(words.text("cancel_note"))
    );
    form(out, scene, &[("do", "cancel")], "grave", words.text("cancel_yes"));
    link(out, scene, "", "", words.text("back"));
    out.push_str("</nav>\n");
}

/// A form of one button.
fn form(out: &mut String, scene: &Scene<'_>, fields: &[(&str, &str)], class: &str, text: &str) {
    let _ = write!(
        out,
        "<form method=\"post\" action=\"?lang={}\">",
        scene.language.tag()
    );
    for (name, value) in fields.iter().chain(&[("form", scene.form.as_str())]) {
        let _ = write!(
            out,
            "<input type=\"hidden\" name=\"{name}\" value=\"{}\">",
            escape(value)
        );
    }
    let _ = writeln!(
        out,
        "<button class=\"button {class}\" type=\"submit\">{}</button></form>",
        escape(text)
    );
}

fn choose(out: &mut String, scene: &Scene<'_>, words: &Words, offer: &Offer) {
    let b = scene.booking;
    let now = words.say("move_now", &[("when", &words.when(b.date.to_datetime(b.time)))]);
    let title = escape(words.text("move_title"));
    let _ = write!(out, "<section>\n<h1>{title}</h1>\n<p>{}</p>\n", escape(&now));
    let _ = write!(
        out,
        "<h2>{}</h2>\n<ul class=\"days\">\n",
        escape(words.text("days"))
    );
    for day in &offer.days {
        choice(out, scene, words, day, offer.chosen);
    }
    out.push_str("</ul>\n<p class=\"more\">");
    for (date, key) in [(offer.earlier, "earlier"), (offer.later, "later")] {
        if let Some(date) = date {
            let (tag, text) = (scene.language.tag(), escape(words.text(key)));
            let _ = write!(
                out,
                "<a href=\"?step=move&amp;from={date}&amp;lang={tag}\">{text}</a> "
            );
        }
    }
    out.push_str("</p>\n");
    times(out, scene, words, offer);
    out.push_str("</section>\n<nav>\n");
    link(out, scene, "", "", words.text("back"));
    call(out, scene, words);
    out.push_str("</nav>\n");
}

fn choice(out: &mut String, scene: &Scene<'_>, words: &Words, day: &Choice, chosen: Option<Date>) {
    let (date, tag, label) = (day.date, scene.language.tag(), escape(&words.date(day.date)));
    let here = if chosen == Some(date) {
        " aria-current=\"date\""
    } else {
        ""
    };
    let _ = match day.open {
        true => writeln!(
            out,
            "<li><a href=\"?step=move&amp;day={date}&amp;lang={tag}\"{here}>{label}</a></li>"
        ),
        false => writeln!(
            out,
            "<li><span>{label} <small>{}</small></span></li>",
            escape(words.text("closed_day"))
        ),
    };
}

fn times(out: &mut String, scene: &Scene<'_>, words: &Words, offer: &Offer) {
    let Some(date) = offer.chosen else {
        let _ = writeln!(out, "<p>{}</p>", escape(words.text("no_days")));
        return;
    };
    let day = escape(&words.date(date));
    let _ = writeln!(out, "<h2>{}: {day}</h2>", escape(words.text("times")));
    if offer.times.is_empty() {
        let _ = writeln!(out, "<p>{}</p>", escape(words.text("none_free")));
        return;
    }
    out.push_str("<ul class=\"times\">\n");
    for time in &offer.times {
        let (tag, label, time) = (scene.language.tag(), escape(&words.time(*time)), clock(*time));
        let _ = writeln!(
            out,
            "<li><a href=\"?step=move&amp;day={date}&amp;time={time}&amp;lang={tag}\">{label}</a></li>"
        );
    }
    out.push_str("</ul>\n");
}

/// A time as queries and forms carry it: `19:30`.
pub(crate) fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

fn confirm(out: &mut String, scene: &Scene<'_>, words: &Words, to: DateTime) {
    let b = scene.booking;
    let text = |key: &str| escape(words.text(key));
    let (from, then) = (words.when(b.date.to_datetime(b.time)), words.when(to));
    let _ = write!(
        out,
        "<section>\n<h1>{}</h1>\n<dl>\n<div><dt>{}</dt><dd><s>{}</s></dd></div>\n\
         <div class=\"when\"><dt>{}</dt><dd>{}</dd></div>\n</dl>\n</section>\n<nav>\n",
        text("confirm_title"),
        text("confirm_from"),
        escape(&from),
        text("confirm_to"),
        escape(&then)
    );
    let (day, time) = (to.date().to_string(), clock(to.time()));
    let fields = [("do", "move"), ("day", day.as_str()), ("time", time.as_str())];
    form(out, scene, &fields, "main", words.text("confirm_yes"));
    let query = format!("step=move&amp;day={day}");
    link(out, scene, "", &query, words.text("other_time"));
    link(out, scene, "", "", words.text("back"));
    out.push_str("</nav>\n");
}
