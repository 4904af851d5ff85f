//! Options of the commands by which understanding and conversation are tried, tested and judged.

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
    /// 기준 시각(없으면 지금 한국 시각) / The instant that "tomorrow" is counted from; without it now, in Korea
    #[arg(long, value_name = "2026-11-24T10:12:00", value_parser = civil)]
    pub(crate) now: Option<DateTime>,
    /// 오류를 알리는 말. 글은 한국어든 영어든 됩니다 / Language of error messages; the texts may be Korean or English
    #[arg(long, default_value = "ko", env = "BISEO_LANG")]
    pub(crate) lang: Lang,
}
