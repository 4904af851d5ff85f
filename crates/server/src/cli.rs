//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

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
    /// 설정과 환경을 검사하고 고칠 점을 알려 줍니다 / Check shops, database and environment, and say what to mend
    ///
    /// Exit status: 0 if all is well, 1 if something is to be mended.
    ///
    /// Example: biseo check --shops shops --data data
    #[command(verbatim_doc_comment)]
    Check(CheckOptions),
}

/// Options of `biseo check`.
#[derive(Debug, Args)]
pub(crate) struct CheckOptions {
    /// 가게 프로필 폴더 / Folder of the shop profiles, one TOML file each
    #[arg(long, default_value = "shops", value_name = "DIR")]
    pub(crate) shops: PathBuf,
    /// 데이터 폴더 / Folder for the database and recordings; made if it is not there
    #[arg(long, default_value = "data", value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// 말 / Language of the answers
    #[arg(long, default_value = "ko", env = "BISEO_LANG")]
    pub(crate) lang: Lang,
}
