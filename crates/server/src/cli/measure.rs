//! Options of the measurements.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::wording::Lang;

/// Options of `biseo bench`.
#[derive(Debug, Args)]
pub(crate) struct BenchOptions {
    /// What to measure.
    #[command(subcommand)]
    pub(crate) command: BenchCommand,
}

/// What can be measured.
#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
    /// 대화의 흐름을 잽니다: 응답 시간, 끼어들기, 맞장구 / Measure turn-taking on real calls: response time, interruptions, nods
    ///
    /// A service of its own on loopback and so many callers at once, in two parts. First they ask, and the time from their
    /// last packet of speech to Biseo's first is taken; a reply that begins before the caller has finished is a false cut-off.
    /// Then, with a hum in place of Biseo's voice so that its loudness can be measured in each packet, they nod, cough and
    /// interrupt: how soon after their first packet the voice is lowered and stopped, and whether it should have been. Real
    /// voice activity detection and recognition (demo recogniser) and espeak-ng; callers and service share the machine.
    /// Exit status: 0 if every call was answered and lasted to its end.
    ///
    /// Example: biseo bench voice --calls 8 --rounds 2
    /// Example: biseo bench voice --transport stream
    /// Example: biseo bench voice --echo -18 --calls 5 --rounds 3
    #[command(verbatim_doc_comment)]
    Voice(BenchVoiceOptions),
    /// 말끝을 얼마나 잘 맞히는지 통화 없이 빠르게 봅니다 / How well the end of a turn is found, without calls and faster than time
    ///
    /// Each utterance of a script is spoken by each voice and heard by an ear as calls have it (front end, Silero, demo
    /// recogniser, understanding of partial text), in the sound's own time: it goes by as fast as this machine can, and what it
    /// tells does not depend on the machine. Told are the waits from the end of an utterance until the turn is taken to be
    /// over, and the utterances that were not heard to their end (false cut-offs). What a call takes to answer after that is not in it.
    /// A script's utterance may begin with what was asked: `[{ asked = { slot = "date" } }, "내일", 300, "저녁이요"]`.
    ///
    /// Example: biseo bench turns --script bench/hesitant_dev.toml --voices m3,f2 --show
    #[command(verbatim_doc_comment)]
    Turns(BenchTurnsOptions),
    /// 빈 엔진으로 비서 자체의 지연과 통화당 부담을 잽니다 / What Biseo itself adds to a reply, and what a call costs
    ///
    /// An answering process of its own on loopback, with a recogniser and a voice that take no time and one fixed wait after
    /// the last speech, and so many callers at once, on G.711. Each row: calls, failed ones, replies, utterances without one,
    /// response time less the wait (median / p95 / longest, ms), the answering process' share of a core per call, its most
    /// memory (before the first call). Callers run on the same machine. By WebSocket a reply's beginning is the message that brings
    /// its first sound; when the platform plays it is its own business.
    /// Exit status: 0 if every call was answered and lasted to its end.
    ///
    /// Example: biseo bench latency --calls 1,8,32,100
    /// Example: biseo bench latency --calls 32 --vad silero --json
    /// Example: biseo bench latency --transport stream
    #[command(verbatim_doc_comment)]
    Latency(BenchLatencyOptions),
    /// 수많은 통화를 이어서 걸며 새는 것이 없는지 봅니다 / Call after call for hours of conversation: does anything leak or hang
    ///
    /// An answering process of its own on loopback with engines that take no time, and so many callers at once who ask, book,
    /// order, move bookings and leave messages, one call after the other, until enough was said. Now and then its memory, threads and
    /// open files are told; at the end how every call ended by its records.
    /// Exit status: 0 if every call was answered, lasted to its end and was recorded with it, no utterance was left without a reply and
    /// memory did not grow from the second quarter to the last by more than a twentieth and 2 MiB.
    ///
    /// Example: biseo bench soak --calls 100 --turns 20000
    #[command(verbatim_doc_comment)]
    Soak(BenchSoakOptions),
    /// 쓰레기 패킷이 쏟아질 때 진짜 전화를 받는지 잽니다 / Whether genuine calls are answered while junk pours in
    ///
    /// An answering process of its own on loopback (the whole program, engines that take no time), closed to strangers, with one
    /// trunk; the trunk's calls, first in quiet, then while another process sends junk: random octets, SIP that is nearly right, scanners,
    /// and requests that look like telephones', from many addresses of 127.0.0.0/8, many of them made up for one packet. Each row:
    /// calls, answered, INVITE to 200 (median / p95 / longest, ms), the answering process' share of a core, its memory.
    /// Then what its guard has counted. All of it shares this machine.
    /// Exit status: 0 if at least 99 of 100 calls were answered in the flood and memory grew by 32 MiB at most.
    ///
    /// Example: biseo bench flood --rate 10000 --seconds 60
    #[command(verbatim_doc_comment)]
    Flood(BenchFloodOptions),
    /// The answering side of `biseo bench latency`.
    #[command(hide = true)]
    Answer(BenchAnswerOptions),
    /// The answering side of `biseo bench flood`.
    #[command(hide = true)]
    FloodAnswer,
    /// The junk of `biseo bench flood`.
    #[command(hide = true)]
    FloodStorm(BenchStormOptions),
}

/// Options of `biseo bench flood`.
#[derive(Debug, Args)]
pub(crate) struct BenchFloodOptions {
    /// 1초에 보낼 쓰레기 패킷 수 / Junk packets a second
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) rate: u32,
    /// 쏟아지는 시간(초) / How long it pours, seconds
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub(crate) seconds: u32,
    /// 그전에 조용히 재는 시간(초) / How long it is measured in quiet before, seconds
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub(crate) quiet: u32,
    /// 1초에 거는 진짜 전화 수 / Genuine calls a second
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) calls: u32,
    /// 결과를 JSON 한 줄로 / Print the outcome as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// 말 / Language of the screen
    #[arg(long, default_value = "ko", env = "BISEO_LANG")]
    pub(crate) lang: Lang,
}

/// Options of `biseo bench flood-storm`.
#[derive(Debug, Args)]
pub(crate) struct BenchStormOptions {
    /// Where it goes: an address of 127.0.0.0/8
    #[arg(long)]
    pub(crate) target: std::net::SocketAddrV4,
    /// Packets a second
    #[arg(long)]
    pub(crate) rate: u32,
    /// Seconds
    #[arg(long)]
    pub(crate) seconds: u32,
}

/// What tells speech from silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Detector {
    /// 소리 크기만 봅니다 / Loudness alone: takes no time
    Loud,
    /// Silero VAD
    Silero,
}

impl Detector {
    /// As it is written on the command line.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Loud => "loud",
            Self::Silero => "silero",
        }
    }
}

/// Options of `biseo bench latency`.
#[derive(Debug, Args)]
pub(crate) struct BenchLatencyOptions {
    /// 한꺼번에 거는 통화 수, 쉼표로 / Calls at once, a row for each
    #[arg(long, default_value = "1,8,32,100", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=500))]
    pub(crate) calls: Vec<u32>,
    /// 줄마다 말하는 횟수(통화마다 여덟 번의 배수) / Utterances in a row, in whole calls of eight
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) turns: u32,
    /// 말끝에서 기다리는 시간(ms) / The fixed wait after the last speech, ms
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(150..=2000))]
    pub(crate) stop: u16,
    /// 말소리를 가려내는 것 / What tells speech from silence
    #[arg(long, default_value = "loud")]
    pub(crate) vad: Detector,
    /// 전화가 오는 길: SIP, 또는 웹소켓(Media Streams) / How calls come: SIP, or WebSocket (Media Streams)
    #[arg(long, value_enum, default_value_t = Transport::Sip)]
    pub(crate) transport: Transport,
    /// 줄마다 JSON 한 줄 / One JSON object for each row
    #[arg(long)]
    pub(crate) json: bool,
    /// 말 / Language of the screen
    #[arg(long, default_value = "ko", env = "BISEO_LANG")]
    pub(crate) lang: Lang,
}

/// Options of `biseo bench soak`.
#[derive(Debug, Args)]
pub(crate) struct BenchSoakOptions {
    /// 한꺼번에 거는 통화 수 / How many calls at once
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=500))]
    pub(crate) calls: u32,
    /// 모두 몇 번 말할지 / Utterances in all
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(100..=10_000_000))]
    pub(crate) turns: u32,
    /// 결과를 JSON 한 줄로 / Print the outcome as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// 말 / Language of the screen
    #[arg(long, default_value = "ko", env = "BISEO_LANG")]
    pub(crate) lang: Lang,
}

/// Options of `biseo bench answer`.
#[derive(Debug, Args)]
pub(crate) struct BenchAnswerOptions {
    /// The fixed wait after the last speech, ms
    #[arg(long, value_parser = clap::value_parser!(u16).range(150..=2000))]
    pub(crate) stop: u16,
    /// What tells speech from silence
    #[arg(long)]
    pub(crate) vad: Detector,
    /// How calls come
    #[arg(long, value_enum)]
    pub(crate) transport: Transport,
}

/// How calls come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Transport {
    /// SIP과 RTP / SIP and RTP
    Sip,
    /// 웹소켓 / WebSocket
    Stream,
}

impl Transport {
    /// As it is written on the command line.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Sip => "sip",
            Self::Stream => "stream",
        }
    }
}

/// A part of `biseo bench voice`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum VoicePart {
    /// 묻고 답하기 / Questions and answers
    Answers,
    /// 끼어들기, 맞장구, 기침 / What is said over Biseo's voice
    Interruptions,
}

/// Options of `biseo bench voice`.
#[derive(Debug, Args)]
pub(crate) struct BenchVoiceOptions {
    /// 한꺼번에 거는 통화 수 / How many calls at once
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=500))]
    pub(crate) calls: u32,
    /// 각본을 되풀이하는 횟수 / How often the script is gone through: the questions by each caller, nods, coughs and
    /// interruptions shared among them
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub(crate) rounds: u32,
    /// 각본 파일(없으면 내장된 것) / The script; without it the built-in one, bench/voice.toml
    #[arg(long, value_name = "FILE")]
    pub(crate) script: Option<PathBuf>,
    /// 전화가 오는 길: SIP, 또는 웹소켓(Media Streams) / How calls come: SIP, or WebSocket (Media Streams)
    #[arg(long, value_enum, default_value_t = Transport::Sip)]
    pub(crate) transport: Transport,
    /// 물음만 / The questions alone, without what is said over Biseo's voice
    #[arg(long, value_enum)]
    pub(crate) only: Option<VoicePart>,
    /// 말끝에서 기다리는 시간을 모두 몇 %로 / All waits for the end of a turn, in percent of the usual
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(50..=300))]
    pub(crate) patience: Option<u32>,
    /// 스피커폰: 비서 목소리가 이만큼 작아져(dB) 되돌아옵니다 / Callers have a speakerphone: Biseo's voice comes back, so
    /// much softer (dB, such as -18), 40 to 260 ms late. Only the questions are asked then, and what is counted is how
    /// often Biseo falls into its own word
    #[arg(long, value_name = "DB", allow_negative_numbers = true, value_parser = clap::value_parser!(i8).range(-60..=0))]
    pub(crate) echo: Option<i8>,
    /// 결과를 JSON 한 줄로 / Print the outcome as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// 건 사람의 목소리(espeak-ng --voices=variant) / The callers' voice
    #[arg(long, default_value = "m3")]
    pub(crate) voice: String,
    /// 인식 모델 폴더 / Folder of the recogniser's model
    #[arg(
        long,
        default_value = "models/demo-ko",
        value_name = "DIR",
        env = "BISEO_MODEL"
    )]
    pub(crate) model: PathBuf,
    /// 말 / Language of the screen
    #[arg(long, default_value = "ko", env = "BISEO_LANG")]
    pub(crate) lang: Lang,
}

/// Options of `biseo bench turns`.
#[derive(Debug, Args)]
pub(crate) struct BenchTurnsOptions {
    /// 각본 파일(없으면 내장된 것) / The script; without it the built-in one, bench/voice.toml
    #[arg(long, value_name = "FILE")]
    pub(crate) script: Option<PathBuf>,
    /// 건 사람들의 목소리, 쉼표로(espeak-ng --voices=variant) / The callers' voices
    #[arg(long, default_value = "m3,f2,Andrea,paul", value_delimiter = ',')]
    pub(crate) voices: Vec<String>,
    /// 말끝에서 기다리는 시간을 모두 몇 %로, 쉼표로 / All waits in percent of the usual, a row for each
    #[arg(long, default_value = "100", value_name = "PERCENT", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(50..=300))]
    pub(crate) patience: Vec<u32>,
    /// 끊은 말을 보입니다 / Show what was cut off, and what had been heard of it
    #[arg(long)]
    pub(crate) show: bool,
    /// 줄마다 JSON 한 줄 / One JSON object for each row
    #[arg(long)]
    pub(crate) json: bool,
    /// 인식 모델 폴더 / Folder of the recogniser's model
    #[arg(
        long,
        default_value = "models/demo-ko",
        value_name = "DIR",
        env = "BISEO_MODEL"
    )]
    pub(crate) model: PathBuf,
    /// 말 / Language of the screen
    #[arg(long, default_value = "ko", env = "BISEO_LANG")]
    pub(crate) lang: Lang,
}
