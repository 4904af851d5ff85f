//! A database of a test's own, of either kind.

use biseo_testkit::cluster::Cluster;

pub enum Db {
    File(tempfile::TempDir),
    Schema(String),
}

impl Db {
    pub fn sqlite() -> Self {
        Self::File(tempfile::tempdir().unwrap())
    }

    pub fn postgres() -> Self {
        let cluster = Cluster::shared();
        let (name, url) = cluster.new_schema();
        cluster.run(&format!("CREATE SCHEMA {name}"));
        Self::Schema(url)
    }

    pub fn address(&self) -> String {
        match self {
            Self::File(folder) => folder.path().join("outbox.db").to_str().unwrap().into(),
            Self::Schema(url) => url.clone(),
        }
    }
}
