//! Who has the floor: when the caller has finished, and when the caller takes the word from Biseo. Full duplex: Biseo is heard
//! and hears at once.
//!
//! A pure state machine: time is an input, in milliseconds of the call. It hears *that* somebody speaks (windows of sound, each
//! with a probability of speech and a loudness) and *what* was said so far (partial text), and knows what was asked and what
//! Biseo is saying. It tells when to lower the voice, when to stop it or raise it again, when to decide a reply beforehand, and
//! when to answer.
//!
//! ```text
//!                     Playing                        speech, what is said is protected
//!   ┌───────┐ ─────────────────────────► ┌───────┐ ─────────────────────────► ┌─────────┐
//!   │ Quiet │                            │ Biseo │                            │ Overlap │
//!   └───────┘ ◄───────────────────────── └───────┘ ◄───────────────────────── └─────────┘
//!    │ ▲  │ Silence: nobody has spoken     ▲   │          nod, or Played            │ the protection ends
//!    │ │  └─ for as long as was asked      │   │ speech of duck_after               │ and speech has words
//!    │ │              ┌────────────────────┘   ▼  Duck                              │ Duck
//!    │ │              │ nod, cough, noise  ┌────────┐                               │
//!    │ │              │ Restore            │ Ducked │ ◄─────────────────────────────┘
//!    │ │              └─────────────────── └────────┘
//!    │ │                                       │ speech of hush_after: Hush, a pause: Resume
//!    │ │                                       │ words that are no nod, or long speech: Stop
//!    │ │ the wait is over                      │ Biseo's words end: Restore
//!    │ │ TurnEnded                             ▼
//!    │ │     ┌───────┐   no speech for pause, Ask, Speculate   ┌────────┐
//!    │ └──── │ Pause │ ◄────────────────────────────────────── │ Caller │ ── longest_turn: TurnEnded
//!    │       └───────┘ ──────────────────────────────────────► └────────┘
//!    │                      speech, Discard                        ▲
//!    └─────────────────────────────────────────────────────────────┘
//!                  speech of shortest_speech: Began
//! ```
//!
//! - **Start of speech**: windows of speech add up, across gaps as a stop consonant has them, to `shortest_speech`.
//! - **End of turn**: the pause lasts as long as what was said and what was asked make likely ([`Ending`]), shifted by an
//!   [`EndOfTurnModel`] if there is one, between `shortest_wait` and `longest_wait`.
//! - **Interruption** in steps: what may be speech, of `duck_after`, lowers the voice until it is none after all; speech of `hush_after`
//!   makes it silent for as long as the caller speaks on (아 네 and 아니 are the same for so long); words that are no sign of
//!   listening, or speech of `takes_floor_after` without words, stop it. What was not said yet is said when it comes back.
//! - **Backchannel** (네, 음), a cough, a noise: the voice comes back; what was heard is no turn. A yes that begins within
//!   `answers_before_end` of Biseo's last word is an answer.
//! - **Overlap**: over a disclosure or a legal notice the voice is neither lowered nor stopped. What the caller says meanwhile is
//!   heard and judged as soon as the protection ends.
//! - What **can be answered** ends soon if it is a sentence (주차 되나요?), less soon if it is often gone on with (일곱, 아니요); what cannot
//!   (여보세요), or leads up to something (싶은데요, 나서요), gets the usual wait.
//! - **Hesitation** (음…, 그러니까, -는데) and **dictated digits** wait longer.
//! - A **noise** without words shorter than `noise` is no turn, whoever has the floor (NoTurn).
//! - **Silence** is told once for each [`TurnInput::Listen`].

mod config;
mod ending;
mod io;
mod model;
mod nod;
mod taker;
mod turn;
mod voice;
mod wait;

pub use config::TurnConfig;
pub use ending::{Ending, Grasp};
pub use io::{EndReason, Floor, TurnInput, TurnOutput, VadFrame};
pub use model::{EndOfTurnModel, SOUND_SECONDS};
pub use taker::TurnTaker;
