//! `biseo invite`: a one-time link by which somebody gets in whom nobody can let in on the page: the owner has lost password and
//! passkey, or the console's address has changed and with it every passkey.

use std::process::ExitCode;

use biseo_api::auth::first_owner_link;
use biseo_model::ids::ShopId;
use jiff::Timestamp;

use crate::cli::InviteOptions;
use crate::config::Config;
use crate::directory::Directory;
use crate::out::line;
use crate::wording::{Lang, Wording};

/// Prints the link; ends in 1 if there can be none.
pub(crate) async fn run(options: &InviteOptions) -> ExitCode {
    let config = Config::read(&options.config);
    let lang = options.lang.or(config.as_ref().ok().map(|c| c.lang));
    let wording = Wording::of("invite", lang.unwrap_or(Lang::Ko));
    let made = match config {
        Ok(config) => link(options, &config).await,
        Err(e) => Err(("config_bad", e.to_string())),
    };
    match made {
        Ok((name, link)) => {
            let key = if options.operator { "operator" } else { "owner" };
            line!("{}", wording.say(key, &name, &link));
            ExitCode::SUCCESS
        }
        Err((key, why)) => {
            eprintln!(
                "✗ {}",
                wording.say(key, options.shop.as_deref().unwrap_or_default(), &why)
            );
            ExitCode::FAILURE
        }
    }
}

/// What cannot be: a key of the wording file and the reason.
type Refused = (&'static str, String);

/// The shop's name and the link.
async fn link(options: &InviteOptions, config: &Config) -> Result<(String, String), Refused> {
    let origin = origin(config)?;
    let shop = shop(options, config)?;
    let database = config.database();
    let database = database.map_err(|(field, why)| ("config_bad", format!("{field}: {why}")))?;
    let unusable = |e: &dyn std::fmt::Display| ("store_bad", e.to_string());
    let store = database.open().await.map_err(|e| unusable(&e))?;
    let id = shop.as_ref().map(|(id, _)| id);
    let token = first_owner_link(&store, id, "", Timestamp::now()).await;
    store.close().await;
    let token = token.map_err(|e| unusable(&e))?;
    let name = shop.map_or_else(String::new, |(_, name)| name);
    Ok((name, format!("{origin}/welcome#{token}")))
}

/// Where people reach the console.
fn origin(config: &Config) -> Result<String, Refused> {
    match (&config.console.origin, config.console.listen) {
        (Some(origin), _) => Ok(origin.clone()),
        (None, Some(listen)) if listen.port() != 0 => Ok(format!("http://{listen}")),
        _ => Err(("no_console", String::new())),
    }
}

/// Whose owner it is, with its name; nobody's for the operator.
fn shop(options: &InviteOptions, config: &Config) -> Result<Option<(ShopId, String)>, Refused> {
    if options.operator {
        return Ok(None);
    }
    let directory = Directory::read_any(&config.shops, None).map_err(|e| ("shops_bad", e.to_string()))?;
    let shops = directory.all();
    let ids = || shops.iter().map(|s| s.id.as_str()).collect::<Vec<_>>().join(", ");
    let found = match (&options.shop, shops.as_slice()) {
        (Some(wished), all) => all.iter().find(|s| s.id.as_str() == wished),
        (None, [only]) => Some(only),
        (None, _) => return Err(("which_shop", ids())),
    };
    let shop = found.ok_or_else(|| ("no_such_shop", ids()))?;
    Ok(Some((shop.id.clone(), shop.name.ko.clone())))
}
