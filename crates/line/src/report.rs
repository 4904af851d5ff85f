//! Faults of a span of time on a page to be printed: what to hand in with a claim for compensation.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use crate::wording::Wording;

/// What the page tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Whose line it is.
    pub name: String,
    /// The span, as it is good to read.
    pub span: String,
    /// When the page was made.
    pub made: String,
    /// The faults, in order.
    pub faults: Vec<Fault>,
    /// Exercises, in order: they stand apart, as nothing was out of order.
    pub exercises: Vec<Fault>,
}

/// One fault, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// When it began.
    pub began: String,
    /// When it was over; `None` while it goes on.
    pub ended: Option<String>,
    /// How long it has lasted, whole seconds.
    pub seconds: i64,
    /// What was wrong, with what and of whom.
    pub what: String,
    /// Area code of the callers whom it concerned; empty if all or unknown.
    pub region: String,
    /// How sure the doctor is, 0 to 100; `None` for what somebody of the shop said.
    pub percent: Option<u32>,
    /// What was measured, each in words.
    pub findings: Vec<String>,
}

const STYLE: &str = "body{font:15px/1.6 sans-serif;max-width:52em;margin:2em auto;padding:0 1em;color:#111;background:#fff}\
table{border-collapse:collapse;width:100%}th,td{border:1px solid #999;padding:.35em .5em;text-align:left;vertical-align:top}\
th{background:#eee}ul{margin:0;padding-left:1.2em}tr{break-inside:avoid}@media print{body{margin:0;max-width:none}}";

/// The page: one file, without script, nothing fetched from elsewhere.
pub fn html(words: &Wording, report: &Report) -> String {
    let say = |key| escape(words.report(key));
    let mut out = String::new();
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n<p>{}<br>{}: {}<br>{}: {}</p>\n",
        say("language"),
        escape(&report.name),
        say("span"),
        escape(&report.span),
        say("made"),
        escape(&report.made),
        title = say("title"),
    );
    if report.faults.is_empty() {
        let _ = write!(out, "<p>{}</p>", say("none"));
    } else {
        table(&mut out, words, &report.faults);
    }
    if !report.exercises.is_empty() {
        let _ = write!(out, "<h2>{}</h2>", say("exercises"));
        table(&mut out, words, &report.exercises);
    }
    let _ = writeln!(out, "<p>{}</p></body></html>", say("how"));
    out
}

fn table(out: &mut String, words: &Wording, faults: &[Fault]) {
    out.push_str("<table><thead><tr>");
    for key in ["began", "ended", "length", "what", "region", "sure", "findings"] {
        let _ = write!(out, "<th>{}</th>", escape(words.report(key)));
    }
    out.push_str("</tr></thead><tbody>\n");
    for fault in faults {
        row(out, words, fault);
    }
    out.push_str("</tbody></table>\n");
}

fn row(out: &mut String, words: &Wording, fault: &Fault) {
    let ended = fault.ended.as_deref().unwrap_or_else(|| words.report("open"));
    let sure = fault.percent.map_or(String::new(), |p| format!("{p} %"));
    let length = length(fault.seconds);
    let cells = [
        &*fault.began,
        ended,
        &*length,
        &*fault.what,
        &*fault.region,
        &*sure,
    ];
    out.push_str("<tr>");
    for cell in cells {
        let _ = write!(out, "<td>{}</td>", escape(cell));
    }
    out.push_str("<td><ul>");
    for finding in &fault.findings {
        let _ = write!(out, "<li>{}</li>", escape(finding));
    }
    out.push_str("</ul></td></tr>\n");
}

/// `1:02:03`, hours, minutes and seconds.
fn length(seconds: i64) -> String {
    let s = seconds.max(0);
    format!("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::Language;

    #[test]
    fn what_comes_from_outside_is_text_on_the_page() {
        let fault = Fault {
            began: "2026-11-25 12:00:00".into(),
            ended: None,
            seconds: 5_340,
            what: "전화 회선 <script>".into(),
            region: "02".into(),
            percent: Some(93),
            findings: vec!["라우터 \"10.0.0.1\" & 둘".into()],
        };
        let report = Report {
            name: "행복식당 <b>".into(),
            span: "2026-11-25".into(),
            made: "2026-11-26".into(),
            exercises: vec![Fault {
                what: "훈련 & 둘".into(),
                ..fault.clone()
            }],
            faults: vec![fault],
        };
        for language in [Language::Ko, Language::En] {
            let page = html(&Wording::of(language), &report);
            assert!(page.contains("1:29:00") && page.contains("93 %"), "{page}");
            assert!(page.contains("&lt;script&gt;") && page.contains("&quot;10.0.0.1&quot; &amp; "));
            assert!(!page.contains("<script") && !page.contains("<b>"));
            let (faults, exercises) = page.split_once("<h2>").unwrap();
            assert!(
                !faults.contains("훈련 &amp; 둘") && exercises.contains("훈련 &amp; 둘"),
                "{page}"
            );
        }
    }
}
