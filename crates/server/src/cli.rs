//! The command line.

mod data;
mod line;
mod measure;
mod models;
mod tryout;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use data::{DataCommand, DataKeyOptions, DataOpenOptions, DataOptions, DataSealOptions};
pub(crate) use line::{
    LineBeaconOptions, LineCommand, LineExerciseOptions, LineExportOptions, LineFormat, LineOptions,
    LineReplayOptions, LineShowOptions,
};
pub(crate) use measure::{
    BenchAnswerOptions, BenchCommand, BenchFloodOptions, BenchLatencyOptions, BenchOptions, BenchSoakOptions,
    BenchStormOptions, BenchTurnsOptions, BenchVoiceOptions, Detector, Transport, VoicePart,
};
pub(crate) use models::{
    ModelsCheckOptions, ModelsCommand, ModelsListOptions, ModelsOptions, ModelsPullOptions,
};
pub(crate) use tryout::{ChatOptions, EntitiesOptions, RehearseOptions, UnderstandOptions};

use crate::wording::Lang;

/// 비서: 전화를 받는 프로그램 / Biseo: the program that answers a business's telephone.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// 새 설치 폴더를 만듭니다(설정 파일과 예제 가게 다섯) / Make a new installation: a configuration and five example shops
    ///
    /// Files that are there already are left as they are. With the configuration comes a key (secrets/seal.key) by which recordings are kept
    /// sealed: it is in no backup, and without it they are lost, so keep a copy elsewhere.
    ///
    /// Example: biseo init /etc/biseo
    #[command(verbatim_doc_comment)]
    Init(InitOptions),
    /// 설정과 환경을 검사하고 고칠 점을 알려 줍니다 / Check configuration, shops, database and machine, and say what to mend
    ///
    /// Exit status: 0 if all is well, 1 if something is to be mended.
    ///
    /// Example: biseo check --config /etc/biseo/biseo.toml
    #[command(verbatim_doc_comment)]
    Check(CheckOptions),
    /// 전화를 받습니다 / Answer the telephone
    ///
    /// Runs until Ctrl-C or SIGTERM. What it does is told on stderr, with telephone numbers masked and nothing of what was said
    /// (RUST_LOG=debug tells more, for the search of a fault).
    ///
    /// Example: biseo serve --config /etc/biseo/biseo.toml
    #[command(verbatim_doc_comment)]
    Serve(ServeOptions),
    /// 사장님 화면에 들어가는 일회용 주소를 만듭니다 / Make a one-time link into the console
    ///
    /// For who has lost password and passkey, or after the console's address has changed (passkeys belong to their address). Works while
    /// `biseo serve` runs. The link makes a new account, once, within a week; other accounts stay as they are.
    ///
    /// Example: biseo invite --config /etc/biseo/biseo.toml --shop haengbok
    /// Example: biseo invite --operator
    #[command(verbatim_doc_comment)]
    Invite(InviteOptions),
    /// 돌아가는 중에도 설치 전체를 파일 하나로 백업합니다 / Save a whole installation in one file, while it runs
    ///
    /// Configuration, shops, own flows, records, recordings and keys, as a tar with the sum of each file. With a PostgreSQL database pg_dump
    /// is run (Debian: postgresql-client). The file holds what callers said: it is written for its owner only (mode 600), is not encrypted,
    /// and secrets that biseo.toml names by file or environment variable are not in it, the key of sealed recordings among them: keep it
    /// elsewhere, or they cannot be heard after a restore. Exit status: 0 if all is saved.
    ///
    /// Example: biseo backup --config /etc/biseo/biseo.toml /mnt/backup/biseo.tar
    #[command(verbatim_doc_comment)]
    Backup(BackupOptions),
    /// 백업 파일을 검사하고 새 폴더에 되돌립니다 / Check a backup and put it into a new folder
    ///
    /// Nothing that is there is overwritten: the folder must not exist. A file that is damaged or cut off leaves nothing. Calls that were under
    /// way are closed as interrupted when `biseo serve` starts. Exit status: 0 if everything is back.
    ///
    /// Example: biseo restore /mnt/backup/biseo.tar --folder /srv/biseo
    #[command(verbatim_doc_comment)]
    Restore(RestoreOptions),
    /// 녹음의 암호화: 열쇠 만들기, 지금까지의 녹음 암호화, WAV로 꺼내기 / Sealing of recordings: make a key, seal what is there, write one out
    Data(DataOptions),
    /// 모의 고객이 실제로 전화를 겁니다 / Place a real call as a simulated caller
    ///
    /// Speaks by espeak-ng, hears by the demo recogniser, and follows a scenario. Exit status: 0 if the call was answered
    /// and ended properly.
    ///
    /// Example: biseo call sip:haengbok@127.0.0.1:5060 --scenario scenarios/demo.jsonl --id demo --wav call.wav
    /// Example: biseo call "ws://127.0.0.1:8081/media-stream/TOKEN?to=haengbok" --scenario scenarios/demo.jsonl --id demo
    #[command(verbatim_doc_comment)]
    Call(CallOptions),
    /// 모의 고객 여럿이 한꺼번에 전화를 겁니다(성능 측정) / Place many calls at once, to measure
    ///
    /// Every caller says what the scenario opens with, one sentence after each reply, and its words of farewell; replies are
    /// told by their loudness only. Exit status: 0 if every call was answered and ended properly.
    ///
    /// Example: biseo load sip:haengbok@127.0.0.1:5060 --scenario bench/load.jsonl --id questions --calls 10
    #[command(verbatim_doc_comment)]
    Load(LoadOptions),
    /// 이 컴퓨터에서 통화 한 통을 처음부터 끝까지 보여 줍니다 / Show a whole call on this machine
    ///
    /// A synthetic caller phones an example shop over real SIP and RTP, books a table and asks about parking. Exit status:
    /// 0 if all that was expected is stored.
    ///
    /// Example: biseo demo --folder my-demo
    #[command(verbatim_doc_comment)]
    Demo(DemoOptions),
    /// 글에서 날짜, 시각, 수 같은 값을 찾습니다 / Find dates, times, numbers and other values in texts
    ///
    /// Reads one text a line from standard input and writes one line of JSON for each:
    /// {"id", "entities": [{"start", "end", "type", "value"}]}, offsets in characters; the id of a plain text is the line's
    /// number. Types: date, time, datetime, range, duration (seconds), number, ordinal, age, boolean, phone. A row that
    /// cannot be read is told on stderr, the others are read all the same. A time is told as YYYY-MM-DD HH:MM:SS, in a row
    /// without reference_time as HH:MM:SS. Exit status: 0 if every row was read.
    ///
    /// Example: echo "다음 주 금요일 저녁 일곱 시 반 네 명" | biseo entities --now 2026-11-24T10:12:00
    /// Example: biseo entities --jsonl < rows.jsonl > found.jsonl
    #[command(verbatim_doc_comment)]
    Entities(EntitiesOptions),
    /// 발화 사례로 이해를 채점합니다 / Judge understanding by utterance cases
    ///
    /// Each line of the file is one utterance with what it means:
    /// {"id": "1", "shop": "haengbok", "now": "2026-11-24T10:12:00+09:00", "awaiting": "time", "text": "여덟 시요",
    ///  "expect": {"intents": [], "acts": [], "slots": {"time": "20:00"}}}
    /// Shows each failing case with what was expected, what was understood and why, then shares with 95 % intervals.
    /// Exit status: 0 if all are right, 1 if one is wrong, 2 if the file or the shops cannot be used.
    ///
    /// Example: biseo understand --cases cases.jsonl
    /// Example: biseo understand --cases cases.jsonl --shops shop/shops --json > judged.jsonl
    #[command(verbatim_doc_comment)]
    Understand(UnderstandOptions),
    /// 모의 고객과 통화를 연습하고 결과를 채점합니다 / Rehearse calls with simulated callers and judge what comes of them
    ///
    /// Each line of the file is one caller with a goal, what it knows and what must be stored afterwards, for example
    /// scenarios/demo.jsonl. Shows each failing call with the understanding of every turn, then shares with 95 % intervals.
    /// Calls are played in text, in milliseconds; with --voice each is a real call over SIP and RTP on this machine, in real
    /// time, by espeak-ng. The demo recogniser understands such synthetic voices only, not people, and Korean only.
    /// Transfers are not completed yet: with --voice a connection that was attempted counts as made.
    /// Exit status: 0 if all pass, 1 if one fails, 2 if nothing can be played.
    ///
    /// Example: biseo rehearse --scenarios scenarios/demo.jsonl
    /// Example: biseo rehearse --scenarios scenarios/demo.jsonl --voice
    /// Example: biseo rehearse --scenarios callers.jsonl --shops shop/shops --report result.html
    #[command(verbatim_doc_comment)]
    Rehearse(RehearseOptions),
    /// 글로 가게와 통화해 봅니다 / Talk with a shop in text
    ///
    /// Each line of standard input is what the caller says, an empty line is silence, the end of the input hangs up. The
    /// shop's books are in memory and empty; nothing is stored. With --json each turn tells what was understood and done.
    /// Exit status: 0 when the call is over, 2 if it could not begin.
    ///
    /// Example: biseo chat --shop haengbok
    /// Example: printf '내일 저녁 일곱 시 네 명이요\n' | biseo chat --shop haengbok --now 2026-11-24T10:12:00 --json
    #[command(verbatim_doc_comment)]
    Chat(ChatOptions),
    /// 이 컴퓨터에서 돌릴 음성 모델: 목록, 내려받기, 시험 / Speech models for this machine: list, fetch, try
    Models(ModelsOptions),
    /// 회선 주치의: 지금 어떤지, 왜 그런지, 기록 다시 보기 / The line doctor: how the line is, why, its journals, evidence
    Line(LineOptions),
    /// 화면 뒤 API의 문서(OpenAPI 3.1)를 JSON으로 냅니다 / Print the OpenAPI document of the API as JSON
    ///
    /// The same that a running Biseo serves under /api/v1/openapi.json. Needs no installation.
    ///
    /// Example: biseo openapi > openapi.json
    #[command(verbatim_doc_comment)]
    Openapi,
    /// 이 컴퓨터에서 성능을 잽니다 / Measure on this machine
    Bench(BenchOptions),
}

/// Options of `biseo serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeOptions {
    /// 설정 파일 / The configuration file
    #[arg(long, default_value = "biseo.toml", value_name = "FILE", env = "BISEO_CONFIG")]
    pub(crate) config: PathBuf,
    /// 말(없으면 설정 파일을 따름) / Language of the messages; the configuration's without it
    #[arg(long, env = "BISEO_LANG")]
    pub(crate) lang: Option<Lang>,
    /// 시험용: 이 시각부터 시작하는 시계로 통화 / For rehearsals: let the clock of calls start at this instant
    #[arg(long, value_name = "2026-11-24T10:12:00+09:00")]
    pub(crate) clock: Option<jiff::Timestamp>,
}

/// Options of `biseo invite`.
#[derive(Debug, Args)]
pub(crate) struct InviteOptions {
    /// 가게(하나뿐이면 적지 않아도 됨) / The shop whose owner it is; may be left out if there is one only
    #[arg(long, value_name = "ID")]
    pub(crate) shop: Option<String>,
    /// 운영자의 주소를 만듭니다 / For the operator of the installation
    #[arg(long, conflicts_with = "shop")]
    pub(crate) operator: bool,
    /// 설정 파일 / The configuration file
    #[arg(long, default_value = "biseo.toml", value_name = "FILE", env = "BISEO_CONFIG")]
    pub(crate) config: PathBuf,
    /// 말(없으면 설정 파일을 따름) / Language of the messages; the configuration's without it
    #[arg(long, env = "BISEO_LANG")]
    pub(crate) lang: Option<Lang>,
}

/// Options of `biseo backup`.
#[derive(Debug, Args)]
pub(crate) struct BackupOptions {
    /// 백업 파일(없으면 지금 폴더에 날짜 이름으로) / The file; without it one named by the date, in this folder
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// 설정 파일 / The configuration file
    #[arg(long, default_value = "biseo.toml", value_name = "FILE", env = "BISEO_CONFIG")]
    pub(crate) config: PathBuf,
    /// 말(없으면 설정 파일을 따름) / Language of the messages; the configuration's without it
    #[arg(long, env = "BISEO_LANG")]
    pub(crate) lang: Option<Lang>,
}

/// Options of `biseo restore`.
#[derive(Debug, Args)]
pub(crate) struct RestoreOptions {
    /// 백업 파일 / The file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// 되돌릴 새 폴더 / The new folder
    #[arg(long, value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    /// 말 / Language of the messages
    #[arg(long, env = "BISEO_LANG", default_value = "ko")]
    pub(crate) lang: Lang,
}

/// Options of `biseo init`.
#[derive(Debug, Args)]
pub(crate) struct InitOptions {
    /// 설치 폴더 / The installation's folder; made if it is not there
    #[arg(default_value = ".", value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// 예시 가게를 만들지 않습니다: 첫 가게는 사장님 화면에서 만듭니다 / No example shops: the first shop is made on the console's page
    #[arg(long)]
    pub(crate) no_examples: bool,
    /// 말 / Language of the answers
    #[arg(long, default_value = "ko", env = "BISEO_LANG")]
    pub(crate) lang: Lang,
}

/// Options of `biseo check`.
#[derive(Debug, Args)]
pub(crate) struct CheckOptions {
    /// 설정 파일 / The configuration file
    #[arg(long, default_value = "biseo.toml", value_name = "FILE", env = "BISEO_CONFIG")]
    pub(crate) config: PathBuf,
    /// 말(없으면 설정 파일을 따름) / Language of the answers; the configuration's without it
    #[arg(long, env = "BISEO_LANG")]
    pub(crate) lang: Option<Lang>,
}

/// Options of `biseo call`.
#[derive(Debug, Args)]
pub(crate) struct CallOptions {
    /// 걸 주소 / Whom to call
    #[arg(value_name = "sip:haengbok@127.0.0.1:5060")]
    pub(crate) target: String,
    /// 시나리오 파일(한 줄에 하나, JSON) / The scenario file, one JSON object in a line
    #[arg(long, value_name = "FILE")]
    pub(crate) scenario: PathBuf,
    /// 시나리오 이름 / Which scenario of the file
    #[arg(long)]
    pub(crate) id: String,
    /// 통화를 녹음할 파일 / Record the call: left what the caller hears, right what the caller says
    #[arg(long, value_name = "OUT")]
    pub(crate) wav: Option<PathBuf>,
    /// 결과를 JSON 한 줄로 / Print the outcome as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// 건 사람의 목소리(espeak-ng --voices=variant) / The caller's voice
    #[arg(long, default_value = "m1")]
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

/// Options of `biseo load`.
#[derive(Debug, Args)]
pub(crate) struct LoadOptions {
    /// 걸 주소 / Whom to call
    #[arg(value_name = "sip:haengbok@127.0.0.1:5060")]
    pub(crate) target: String,
    /// 시나리오 파일(한 줄에 하나, JSON) / The scenario file, one JSON object in a line
    #[arg(long, value_name = "FILE")]
    pub(crate) scenario: PathBuf,
    /// 시나리오 이름 / Which scenario of the file
    #[arg(long)]
    pub(crate) id: String,
    /// 통화 수 / How many calls
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) calls: u32,
    /// 통화 사이의 간격(밀리초) / Milliseconds between the beginnings of two calls
    #[arg(long, default_value_t = 250, value_name = "MS", value_parser = clap::value_parser!(u64).range(0..=60_000))]
    pub(crate) stagger: u64,
    /// 결과를 JSON 한 줄로 / Print the outcome as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// 건 사람의 목소리(espeak-ng --voices=variant) / The callers' voice
    #[arg(long, default_value = "m3")]
    pub(crate) voice: String,
    /// 말 / Language of the screen
    #[arg(long, default_value = "ko", env = "BISEO_LANG")]
    pub(crate) lang: Lang,
}

/// Options of `biseo demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoOptions {
    /// 시나리오 파일(없으면 내장된 것) / A scenario file; without it the built-in caller
    #[arg(long, value_name = "FILE")]
    pub(crate) scenario: Option<PathBuf>,
    /// 보여 줄 시나리오 / Which scenario to show
    #[arg(long, default_value = "demo")]
    pub(crate) id: String,
    /// 설정, 데이터베이스, 녹음이 놓이는 폴더 / Folder of its configuration, database and recordings
    #[arg(long, default_value = "demo", value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// 건 사람의 목소리(espeak-ng --voices=variant) / The caller's voice
    #[arg(long, default_value = "m1")]
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
