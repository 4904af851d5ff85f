//! Options of `biseo line`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::line::EXERCISE_SECONDS;
use crate::wording::Lang;

/// Options of `biseo line`.
#[derive(Debug, Args)]
pub(crate) struct LineOptions {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: LineCommand,
}

impl LineOptions {
    /// Whether it runs on its own and tells in its log what happens.
    pub(crate) fn tells(&self) -> bool {
        matches!(self.command, LineCommand::Beacon(_))
    }
}

/// What can be asked of the line doctor.
#[derive(Debug, Subcommand)]
pub(crate) enum LineCommand {
    /// 지금 회선이 어떤지 보여 줍니다 / Show how the line is now
    ///
    /// Read from the data folder of the `biseo serve` that runs there, with `watch = true` under `[line]` in its configuration.
    /// Exit status: 0 if all is well, 1 if something is wrong, 2 if nobody watches the line.
    ///
    /// Example: biseo line status --config /etc/biseo/biseo.toml
    /// Example: biseo line status --json
    #[command(verbatim_doc_comment)]
    Status(LineShowOptions),
    /// 회선에 생기는 일을 계속 보여 줍니다(Ctrl-C로 끝냄) / Follow what happens to the line, until Ctrl-C
    ///
    /// Example: biseo line watch
    #[command(verbatim_doc_comment)]
    Watch(LineShowOptions),
    /// 왜 그렇게 보는지 잰 값으로 설명합니다 / Explain by what was measured why it is thought so
    ///
    /// Of all that is wrong now, or of the last that was. Exit status: 0 if there is something to explain.
    ///
    /// Example: biseo line explain --lang en
    #[command(verbatim_doc_comment)]
    Explain(LineShowOptions),
    /// 소방 훈련: 회선 하나를 잠시 죽은 것으로 보고, 전화가 계속 되는지 봅니다 / An exercise: treat a trunk as dead for a while, and see that calls go on
    ///
    /// In the `biseo serve` that runs there. Meanwhile calls that come by this trunk are refused (503), so that the carrier uses another of your
    /// trunks; calls of yours take the others; the line doctor is shown a dead trunk and tells how soon he notices. Calls under way and
    /// registrations stay. No caller hears an announcement, nobody is told or called back, and it is no evidence for a claim: it is only on
    /// record, marked as an exercise.
    ///
    /// It does not begin unless another trunk is well. It ends by itself after its time, at Ctrl-C, when no other trunk is left, when the trunk
    /// breaks in earnest, when a caller who was refused comes by the same trunk again (that call is answered: your carrier does not switch), and
    /// when Biseo ends. Ask your carrier first whether it switches, and do it when few people call.
    /// Exit status: 0 if all went on for the whole time and the doctor noticed, 1 if not, 2 if it could not begin (told why, and what to do).
    ///
    /// Example: biseo line exercise kt
    /// Example: biseo line exercise kt --seconds 120 --config /etc/biseo/biseo.toml
    #[command(verbatim_doc_comment)]
    Exercise(LineExerciseOptions),
    /// 기록 파일을 다시 진단합니다 / Play a journal to the doctor again
    ///
    /// Journals are in the folder `line` of the data folder: told-*.jsonl are those in which something was said. Exit status: 0 if the
    /// doctor says now what was said then, 1 if not, 2 if the file cannot be read.
    ///
    /// Example: biseo line replay data/line/told-1795000000000.jsonl
    #[command(verbatim_doc_comment)]
    Replay(LineReplayOptions),
    /// 바깥 비세오: 가게 밖의 다른 컴퓨터에서 돌리면, 가는 길이 끊겼는지 오는 길이 끊겼는지 가려 줍니다 / The off-site beacon: on a machine elsewhere, it tells a lost way there from a lost way back
    ///
    /// Boxes that name it under `[line.beacon]` of their configuration, with the same secret, speak to it by all their uplinks: a datagram of 160
    /// octets a second, four while something is odd. It counts what comes, and sends as many on its own. It answers nobody who does not
    /// know the secret, keeps nothing on disk, and needs no privileges and no configuration. Up to 64 boxes at once.
    /// It runs until SIGTERM or Ctrl-C. Exit status: 0 if it was ended so, 1 if it failed, 2 if it could not begin.
    ///
    /// Example: openssl rand -base64 32 > beacon.secret && chmod 600 beacon.secret
    /// Example: biseo line beacon --listen 203.0.113.5:5070 --secret-file beacon.secret
    #[command(verbatim_doc_comment)]
    Beacon(LineBeaconOptions),
    /// 보상 청구에 낼 장애 기록을 만듭니다 / Write the faults of a span, to be handed in with a claim for compensation
    ///
    /// As a page to be printed, or as JSON with all that was measured. Works while `biseo serve` runs. Exit status: 0 if it is written.
    ///
    /// Example: biseo line export --shop haengbok --from 2026-11-01 --to 2026-11-30 > faults.html
    /// Example: biseo line export --shop haengbok --format json
    #[command(verbatim_doc_comment)]
    Export(LineExportOptions),
}

/// Options of `biseo line status`, `watch` and `explain`.
#[derive(Debug, Args)]
pub(crate) struct LineShowOptions {
    /// 설정 파일 / The configuration file
    #[arg(long, default_value = "biseo.toml", value_name = "FILE", env = "BISEO_CONFIG")]
    pub(crate) config: PathBuf,
    /// JSON으로(watch는 한 줄에 하나) / As JSON; of watch one object in a line
    #[arg(long)]
    pub(crate) json: bool,
    /// 말(없으면 설정 파일을 따름) / Language of the screen; the configuration's without it
    #[arg(long, env = "BISEO_LANG")]
    pub(crate) lang: Option<Lang>,
}

/// Options of `biseo line exercise`.
#[derive(Debug, Args)]
pub(crate) struct LineExerciseOptions {
    /// 회선 이름([[sip.trunk]]의 id) / The trunk's id
    #[arg(value_name = "TRUNK")]
    pub(crate) trunk: String,
    /// 몇 초 동안(10–600) / For how many seconds, 10 to 600
    #[arg(long, default_value_t = 60, value_name = "N", value_parser = seconds())]
    pub(crate) seconds: u16,
    /// 설정 파일 / The configuration file
    #[arg(long, default_value = "biseo.toml", value_name = "FILE", env = "BISEO_CONFIG")]
    pub(crate) config: PathBuf,
    /// JSON으로(바뀔 때마다 한 줄) / As JSON, one object in a line at each change
    #[arg(long)]
    pub(crate) json: bool,
    /// 말(없으면 설정 파일을 따름) / Language of the screen; the configuration's without it
    #[arg(long, env = "BISEO_LANG")]
    pub(crate) lang: Option<Lang>,
}

fn seconds() -> clap::builder::RangedI64ValueParser<u16> {
    let (first, last) = (*EXERCISE_SECONDS.start(), *EXERCISE_SECONDS.end());
    clap::value_parser!(u16).range(i64::from(first)..=i64::from(last))
}

/// Options of `biseo line beacon`.
#[derive(Debug, Args)]
pub(crate) struct LineBeaconOptions {
    /// 들을 주소와 UDP 포트(주소가 여럿인 컴퓨터면 그 가운데 하나) / Address and UDP port to listen on; one of its own where the machine has several
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: SocketAddr,
    /// 가게와 나눠 가진 비밀이 든 파일(16자 이상, chmod 600) / The file with the secret that boxes know as well: 16 characters at least, chmod 600
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: PathBuf,
    /// 말 / Language of the screen
    #[arg(long, default_value = "ko", env = "BISEO_LANG")]
    pub(crate) lang: Lang,
}

/// Options of `biseo line replay`.
#[derive(Debug, Args)]
pub(crate) struct LineReplayOptions {
    /// 기록 파일 / The journal
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// JSON으로(한 줄에 하나) / As JSON, one object in a line
    #[arg(long)]
    pub(crate) json: bool,
    /// 말 / Language of the screen
    #[arg(long, default_value = "ko", env = "BISEO_LANG")]
    pub(crate) lang: Lang,
}

/// Options of `biseo line export`.
#[derive(Debug, Args)]
pub(crate) struct LineExportOptions {
    /// 설정 파일 / The configuration file
    #[arg(long, default_value = "biseo.toml", value_name = "FILE", env = "BISEO_CONFIG")]
    pub(crate) config: PathBuf,
    /// 가게 이름(프로필의 id) / The shop's id
    #[arg(long, value_name = "ID")]
    pub(crate) shop: String,
    /// 첫 날, 가게 시각으로(없으면 31일 전) / The first day on the shop's clock; 31 days before the last without it
    #[arg(long, value_name = "2026-11-01")]
    pub(crate) from: Option<jiff::civil::Date>,
    /// 마지막 날(없으면 오늘) / The last day; today without it
    #[arg(long, value_name = "2026-11-30")]
    pub(crate) to: Option<jiff::civil::Date>,
    /// 형식 / The format
    #[arg(long, value_enum, default_value_t = LineFormat::Html)]
    pub(crate) format: LineFormat,
    /// 말(없으면 설정 파일을 따름) / Language of the page; the configuration's without it
    #[arg(long, env = "BISEO_LANG")]
    pub(crate) lang: Option<Lang>,
}

/// A format of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LineFormat {
    /// 인쇄할 페이지 / A page to be printed
    Html,
    /// JSON
    Json,
}
