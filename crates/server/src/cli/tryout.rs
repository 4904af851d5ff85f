//! Options of the commands by which understanding and conversation are tried, tested and judged.

use std::path::PathBuf;

use biseo_model::phone::{PhoneError, PhoneNumber};
use clap::Args;
use jiff::civil::DateTime;

use crate::clock::civil;
use crate::wording::Lang;

/// Options of `biseo entities`.
#[derive(Debug, Args)]
pub(crate) struct EntitiesOptions {
    /// 줄마다 JSON({"id", "text", "reference_time"}) / Each line is JSON: {"id", "text", "reference_time"}
    #[arg(long)]
    pub(crate) jsonl: bool,
    /// 기준 시각(없으면 지금 한국 시각; --jsonl에서 reference_time도 없으면 시각만) / The instant that "tomorrow" is counted
    /// from; without it now, in Korea, or with --jsonl none: then only what needs no instant is told
    #[arg(long, value_name = "2026-11-24T10:12:00", value_parser = civil)]
    pub(crate) now: Option<DateTime>,
    /// 오류를 알리는 말. 글은 한국어든 영어든 됩니다 / Language of error messages; the texts may be Korean or English
    #[arg(long, default_value = "ko", env = "BISEO_LANG")]
    pub(crate) lang: Lang,
}

/// Options of `biseo understand`.
#[derive(Debug, Args)]
pub(crate) struct UnderstandOptions {
    /// 발화 사례 파일(한 줄에 하나, JSON) / The file of utterance cases, one JSON object in a line
    #[arg(long, value_name = "FILE")]
    pub(crate) cases: PathBuf,
    /// 사례마다 JSON 한 줄, 끝에 합계 / One JSON object for each case, and the total last
    #[arg(long)]
    pub(crate) json: bool,
    /// 가게 프로필 폴더(없으면 내장된 예제 가게) / Folder of shop profiles; without it the built-in example shops
    #[arg(long, value_name = "DIR")]
    pub(crate) shops: Option<PathBuf>,
    /// 말 / Language of the screen
    #[arg(long, default_value = "ko", env = "BISEO_LANG")]
    pub(crate) lang: Lang,
}

/// Options of `biseo rehearse`.
#[derive(Debug, Args)]
pub(crate) struct RehearseOptions {
    /// 시나리오 파일(한 줄에 하나, JSON) / The scenario file, one JSON object in a line
    #[arg(long, value_name = "FILE")]
    pub(crate) scenarios: PathBuf,
    /// 합성 음성으로 실제 SIP/RTP 전화를 겁니다(인식 모델은 합성 음성만 알아들음) / Real calls over SIP and RTP on this machine,
    /// by synthetic voices, the only ones that the demo recogniser understands
    #[arg(long)]
    pub(crate) voice: bool,
    /// 동시에 거는 전화 수(--voice) / Calls at a time, with --voice
    #[arg(long, default_value_t = 1, value_name = "N", requires = "voice", value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) jobs: u8,
    /// 건 사람의 목소리(--voice; espeak-ng --voices=variant) / The callers' voice, with --voice
    #[arg(long, default_value = "m1", value_name = "VARIANT")]
    pub(crate) speaker: String,
    /// 인식 모델 폴더(--voice) / Folder of the recogniser's model, with --voice
    #[arg(
        long,
        default_value = "models/demo-ko",
        value_name = "DIR",
        env = "BISEO_MODEL"
    )]
    pub(crate) model: PathBuf,
    /// 결과를 볼 웹 페이지 파일 / Write the result as a web page
    #[arg(long, value_name = "OUT.html")]
    pub(crate) report: Option<PathBuf>,
    /// 시나리오마다 JSON 한 줄, 끝에 합계 / One JSON object for each scenario, and the total last
    #[arg(long)]
    pub(crate) json: bool,
    /// 가게 프로필 폴더(없으면 내장된 예제 가게) / Folder of shop profiles; without it the built-in example shops
    #[arg(long, value_name = "DIR")]
    pub(crate) shops: Option<PathBuf>,
    /// 화면과 보고서의 말 / Language of the screen and of the report
    #[arg(long, default_value = "ko", env = "BISEO_LANG")]
    pub(crate) lang: Lang,
}

/// Options of `biseo chat`.
#[derive(Debug, Args)]
pub(crate) struct ChatOptions {
    /// 전화를 거는 가게(예: haengbok) / Which shop is called, by its id
    #[arg(long, value_name = "ID")]
    pub(crate) shop: String,
    /// 통화 시각(없으면 지금) / The time of the call on the shop's clock; without it now
    #[arg(long, value_name = "2026-11-24T10:12:00", value_parser = civil)]
    pub(crate) now: Option<DateTime>,
    /// 건 사람의 번호(없으면 표시 제한) / The caller's number; withheld without it
    #[arg(long, value_name = "01012345678", value_parser = number)]
    pub(crate) caller: Option<PhoneNumber>,
    /// 턴마다 JSON 한 줄(이해, 처리, 근거) / One JSON object for each turn: what was understood and done, and why
    #[arg(long)]
    pub(crate) json: bool,
    /// 가게 프로필 폴더(없으면 내장된 예제 가게) / Folder of shop profiles; without it the built-in example shops
    #[arg(long, value_name = "DIR")]
    pub(crate) shops: Option<PathBuf>,
    /// 말(통화를 시작하는 말도) / Language of the screen, and of the call's beginning
    #[arg(long, default_value = "ko", env = "BISEO_LANG")]
    pub(crate) lang: Lang,
}

/// A telephone number; the reason does not repeat it.
fn number(text: &str) -> Result<PhoneNumber, PhoneError> {
    PhoneNumber::parse(text)
}
