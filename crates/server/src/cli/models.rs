//! Options of `biseo models`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::wording::Lang;

/// Options of `biseo models`.
#[derive(Debug, Args)]
pub(crate) struct ModelsOptions {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: ModelsCommand,
}

/// What can be done with models.
#[derive(Debug, Subcommand)]
pub(crate) enum ModelsCommand {
    /// 아는 모델을 보여 줍니다: 말, 크기, 라이선스, 발표된 오류율 / Show the models that are known
    ///
    /// Error rates are those of whoever published them, mostly on clean recordings: they tell which model is better than
    /// another, not how well it will do on your line.
    ///
    /// Example: biseo models list
    #[command(verbatim_doc_comment)]
    List(ModelsListOptions),
    /// 모델을 내려받습니다 / Fetch models
    ///
    /// What breaks off goes on from there the next time. The checksum of the first time is kept in the folder
    /// (models.lock) and holds from then on. A mirror is a folder or an address with the archives under their own file names.
    /// Exit status: 0 if every model is in its place.
    ///
    /// Example: biseo models pull zipformer-ko --folder models
    /// Example: biseo models pull zipformer-ko --mirror /media/usb/archives
    /// Example: biseo models pull zipformer-ko --dry-run
    #[command(verbatim_doc_comment)]
    Pull(ModelsPullOptions),
    /// 모델 폴더를 쓸 수 있는지 다른 프로세스에서 시험합니다 / Try a model's folder, in a process of its own
    ///
    /// A model that crashes, hangs or takes too much memory is told, and takes nothing along. Exit status: 0 if it can be used.
    ///
    /// Example: biseo models check models/zipformer-ko
    #[command(verbatim_doc_comment)]
    Check(ModelsCheckOptions),
    /// The process in which a model is tried.
    #[command(hide = true)]
    Probe(ModelsProbeOptions),
}

/// Options of `biseo models list`.
#[derive(Debug, Args)]
pub(crate) struct ModelsListOptions {
    /// 말 / Language of the screen
    #[arg(long, default_value = "ko", env = "BISEO_LANG")]
    pub(crate) lang: Lang,
}

/// Options of `biseo models pull`.
#[derive(Debug, Args)]
pub(crate) struct ModelsPullOptions {
    /// 모델 이름(biseo models list) / Names of models
    #[arg(required = true, value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// 모델이 놓일 폴더 / Folder under which each gets a folder of its name
    #[arg(long, default_value = "models", value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// 대신 가져올 곳: 폴더나 주소 / A folder or an address in place of the models' own
    #[arg(long, value_name = "DIR|URL")]
    pub(crate) mirror: Option<String>,
    /// 무엇을 어디서 가져올지만 보여 줍니다 / Only tell what would be fetched, from where
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// 말 / Language of the screen
    #[arg(long, default_value = "ko", env = "BISEO_LANG")]
    pub(crate) lang: Lang,
}

/// Options of `biseo models check`.
#[derive(Debug, Args)]
pub(crate) struct ModelsCheckOptions {
    /// 모델 폴더 / The model's folder, with its model.toml
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// 걸려도 되는 시간(초) / Seconds that loading and trying may take
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) seconds: u64,
    /// 써도 되는 메모리(MiB) / Memory that it may take
    #[arg(long, default_value_t = 8192, value_parser = clap::value_parser!(u64).range(16..=1_048_576))]
    pub(crate) memory: u64,
    /// 결과를 JSON 한 줄로 / Print what was found as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// 말 / Language of the screen
    #[arg(long, default_value = "ko", env = "BISEO_LANG")]
    pub(crate) lang: Lang,
}

/// Options of `biseo models probe`.
#[derive(Debug, Args)]
pub(crate) struct ModelsProbeOptions {
    /// The model's folder
    pub(crate) folder: PathBuf,
}
