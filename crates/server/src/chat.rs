//! `biseo chat`: a conversation with a shop in text, typed by hand or by a program.

use std::io::{BufRead, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

use biseo_conversation::{Ground, Input, Language, Opening};
use biseo_model::understanding::{Slot, Understanding};
use biseo_rehearse::{Line, TextCall};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::cli::ChatOptions;
use crate::clock::Clock;
use crate::lines;
use crate::rehearse::words;
use crate::score::BROKEN;
use crate::shops::{Shop, Shops};
use crate::wording::{Lang, Wording};

/// Converses until the call is over; ends in 2 if it could not begin.
pub(crate) fn run(options: &ChatOptions) -> ExitCode {
    let wording = Wording::of("chat", options.lang);
    let shops = Shops::open(options.shops.as_deref());
    let begun = shops.and_then(|shops| Ok(shops.find(&options.shop)?.clone()));
    let shop = match begun {
        Ok(shop) => shop,
        Err(why) => {
            eprintln!("✗ {}", wording.say("unusable", "", &why));
            return ExitCode::from(BROKEN);
        }
    };
    let typed = std::io::stdin().is_terminal() && !options.json;
    let chat = Chat {
        call: call(options, &shop),
        name: shop.name(options.lang).to_string(),
        shop,
        output: std::io::stdout().lock(),
        prompts: typed,
        json: options.json,
        turn: 0,
        wording,
        outcomes: Wording::of("rehearse", options.lang),
    };
    chat.finish(std::io::stdin().lock())
}

fn call(options: &ChatOptions, shop: &Shop) -> TextCall {
    let zone = TimeZone::get(&shop.profile.zone).unwrap_or(TimeZone::UTC);
    let now = options.now.unwrap_or_else(|| Clock::default().shop_time(&zone));
    let opening = Opening {
        language: match options.lang {
            Lang::Ko => Language::Ko,
            Lang::En => Language::En,
        },
        caller: options.caller.clone(),
        ..Opening::default()
    };
    TextCall::new(shop.profile.clone(), now, opening)
}

/// A call that is typed.
struct Chat<O> {
    call: TextCall,
    shop: Shop,
    /// The shop's name in the language of the screen.
    name: String,
    output: O,
    /// Somebody sits in front of it.
    prompts: bool,
    json: bool,
    turn: u32,
    wording: Wording,
    outcomes: Wording,
}

/// What the caller did, with its reading.
struct Heard {
    text: String,
    understood: Understanding,
    /// Why it was understood so.
    trace: String,
    /// The same as commands to the dialogue.
    commands: Vec<biseo_nlu::Command>,
}

impl<O: Write> Chat<O> {
    fn finish(mut self, input: impl BufRead) -> ExitCode {
        match self.converse(input) {
            Ok(()) => ExitCode::SUCCESS,
            // Whoever reads the output has seen enough.
            Err(e) if e.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Err(e) => {
                eprintln!("✗ {}", self.wording.say("bad_input", "", &e.to_string()));
                ExitCode::FAILURE
            }
        }
    }

    fn converse(&mut self, mut input: impl BufRead) -> std::io::Result<()> {
        if !self.json {
            let intro = self.wording.say("intro", &self.name, "");
            writeln!(self.output, "{intro}\n")?;
        }
        let lines = self.call.take(Input::Started);
        self.show(None, &lines)?;
        while !self.call.dialogue().is_over() {
            self.prompt()?;
            match lines::next(&mut input)? {
                None => {
                    self.call.take(Input::CallerHungUp);
                }
                Some(Ok(text)) => self.said(text.trim())?,
                Some(Err(why)) => eprintln!("✗ {}", self.wording.say("bad_line", "", &why)),
            }
        }
        self.outcome()
    }

    fn prompt(&mut self) -> std::io::Result<()> {
        if self.prompts {
            write!(self.output, "{} │ ", self.wording.say("caller", "", ""))?;
            self.output.flush()?;
        }
        Ok(())
    }

    /// The caller speaks, or is silent.
    fn said(&mut self, text: &str) -> std::io::Result<()> {
        self.turn += 1;
        if text.is_empty() {
            let lines = self.call.take(Input::Silence);
            return self.show(None, &lines);
        }
        let context = self.call.context();
        let heard = Heard {
            understood: self.shop.nlu.understand(text, &context),
            trace: self.shop.nlu.trace(text, &context),
            commands: self.shop.nlu.commands(text, &context),
            text: text.to_string(),
        };
        let lines = self
            .call
            .take(Input::heard(heard.text.clone(), heard.understood.clone()));
        self.show(Some(&heard), &lines)
    }

    fn show(&mut self, heard: Option<&Heard>, lines: &[Line]) -> std::io::Result<()> {
        if self.json {
            let row = self.row(heard, lines);
            return writeln!(self.output, "{row}");
        }
        let (caller, assistant) = (
            self.wording.say("caller", "", ""),
            self.wording.say("assistant", "", ""),
        );
        // What was typed is on the screen already.
        if let Some(heard) = heard.filter(|_| !self.prompts) {
            writeln!(self.output, "{caller} │ {}", heard.text)?;
        }
        for words in spoken(lines) {
            writeln!(self.output, "{assistant} │ {words}")?;
        }
        Ok(())
    }

    /// A turn for programs; without words of the caller it is the beginning or a silence.
    fn row(&self, heard: Option<&Heard>, lines: &[Line]) -> Value {
        let actions: Vec<Value> = lines.iter().filter_map(action).collect();
        let dialogue = self.call.dialogue();
        json!({
            "turn": self.turn,
            "text": heard.map(|h| &h.text),
            "understood": heard.map(|h| &h.understood),
            "commands": heard.map(|h| &h.commands),
            "heard_by": heard.map(|h| &h.trace),
            "stack": dialogue.under(),
            "slots": dialogue.grounds().into_iter().map(slot).collect::<Vec<_>>(),
            "trace": dialogue.trace(dialogue.language()),
            "actions": actions,
            "said": spoken(lines).collect::<Vec<_>>().join(" "),
            "awaiting": dialogue.awaiting(),
            "language": dialogue.language(),
            "over": dialogue.is_over(),
        })
    }

    /// What came of the call.
    fn outcome(&mut self) -> std::io::Result<()> {
        let outcome = self.call.outcome(String::new(), self.turn);
        let lines = words::outcome(&outcome, &self.outcomes);
        if self.json {
            return writeln!(self.output, "{}", json!({"outcome": lines}));
        }
        writeln!(self.output, "\n■ {}", self.wording.say("over", "", ""))?;
        if lines.is_empty() {
            writeln!(self.output, "  · {}", self.wording.say("nothing", "", ""))?;
        }
        lines
            .iter()
            .try_for_each(|line| writeln!(self.output, "  · {line}"))
    }
}

/// How well a value of the topmost flow is established.
fn slot((slot, ground): (Slot, Ground)) -> Value {
    json!({
        "slot": slot,
        "state": format!("{:?}", ground.state).to_lowercase(),
        "source": format!("{:?}", ground.source).to_lowercase(),
        "confidence": ground.confidence,
    })
}

fn spoken(lines: &[Line]) -> impl Iterator<Item = &str> {
    lines.iter().filter_map(|line| match line {
        Line::Biseo(words) => Some(words.as_str()),
        Line::Caller(_) | Line::Did { .. } => None,
    })
}

fn action(line: &Line) -> Option<Value> {
    match line {
        Line::Did { action, result } => Some(json!({"action": action, "result": result})),
        Line::Caller(_) | Line::Biseo(_) => None,
    }
}
