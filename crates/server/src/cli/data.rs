//! Options of `biseo data`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::wording::Lang;

/// Options of `biseo data`.
#[derive(Debug, Args)]
pub(crate) struct DataOptions {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: DataCommand,
}

/// What can be done with what is kept.
#[derive(Debug, Subcommand)]
pub(crate) enum DataCommand {
    /// 암호화 열쇠를 만듭니다 / Make a key to seal with
    ///
    /// 32 random octets in Base64, in a file for its owner only; one that is there stays. With --add a new key comes before those of the
    /// file: it seals from the next start on, the older ones only read. Without its key what is sealed is lost: keep a copy
    /// elsewhere, but not beside the backups. Exit status: 0 if there is a new key.
    ///
    /// Example: biseo data key /etc/biseo/secrets/seal.key
    /// Example: biseo data key --add /etc/biseo/secrets/seal.key
    #[command(verbatim_doc_comment)]
    Key(DataKeyOptions),
    /// 암호화되지 않은 녹음을 암호화합니다 / Seal recordings that lie in the clear, or under an older key
    ///
    /// While biseo serve does not run. Each file is replaced once the sealed one was read back and is the same; what is interrupted
    /// goes on at the next time. Second factors are sealed by biseo serve when it starts. Exit status: 0 if all are sealed.
    ///
    /// Example: biseo data seal --config /etc/biseo/biseo.toml
    #[command(verbatim_doc_comment)]
    Seal(DataSealOptions),
    /// 암호화된 녹음을 WAV 파일로 꺼냅니다 / Write a sealed recording out as a WAV file
    ///
    /// For a file of the data folder or a copy of one. The WAV file is in the clear: remove it when it was heard. Exit status: 0 if it is
    /// whole, 2 if the recording was cut off.
    ///
    /// Example: biseo data open data/recordings/haengbok/0001.wav --out call.wav
    #[command(verbatim_doc_comment)]
    Open(DataOpenOptions),
}

/// Options of `biseo data key`.
#[derive(Debug, Args)]
pub(crate) struct DataKeyOptions {
    /// 열쇠 파일 / The key file
    #[arg(value_name = "FILE", default_value = "secrets/seal.key")]
    pub(crate) file: PathBuf,
    /// 있는 열쇠 앞에 새 열쇠를 넣습니다 / Put a new key before those that are there
    #[arg(long)]
    pub(crate) add: bool,
    /// 말 / Language of the messages
    #[arg(long, env = "BISEO_LANG", default_value = "ko")]
    pub(crate) lang: Lang,
}

/// Options of `biseo data seal`.
#[derive(Debug, Args)]
pub(crate) struct DataSealOptions {
    /// 설정 파일 / The configuration file
    #[arg(long, default_value = "biseo.toml", value_name = "FILE", env = "BISEO_CONFIG")]
    pub(crate) config: PathBuf,
    /// 말(없으면 설정 파일을 따름) / Language of the messages; the configuration's without it
    #[arg(long, env = "BISEO_LANG")]
    pub(crate) lang: Option<Lang>,
}

/// Options of `biseo data open`.
#[derive(Debug, Args)]
pub(crate) struct DataOpenOptions {
    /// 녹음 파일 / The recording
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// 꺼낸 WAV 파일(없으면 녹음 옆에 .open.wav) / The WAV file; without it one beside the recording
    #[arg(long, value_name = "OUT")]
    pub(crate) out: Option<PathBuf>,
    /// 설정 파일 / The configuration file
    #[arg(long, default_value = "biseo.toml", value_name = "FILE", env = "BISEO_CONFIG")]
    pub(crate) config: PathBuf,
    /// 말(없으면 설정 파일을 따름) / Language of the messages; the configuration's without it
    #[arg(long, env = "BISEO_LANG")]
    pub(crate) lang: Option<Lang>,
}
