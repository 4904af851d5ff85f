//! The database is reached for the first time after a start without it: what a start does with it is done now.

use biseo_store::StoreError;

use crate::desk::Late;
use crate::house::House;
use crate::seal;
use crate::wording::Wording;

/// Claims the database, brings its tables up to date, looks after what is sealed and reads what owners chose; then everybody may ask
/// it. Broken off, it is begun anew.
///
/// # Errors
/// If it is away again, another program works on it, or it does not let us in: then calls go on against the copy.
pub(super) async fn reach(house: &House, late: &Late) -> Result<(), StoreError> {
    let (store, claim) = house.store.prepare().await?;
    seal::secrets(&store, house.keys.as_deref()).await;
    late.read(&store).await?;
    house.claimed(claim);
    house.store.let_in();
    Ok(())
}

/// Tells the operator, who was told at the start that it was away.
pub(super) async fn tell(house: &House, late: &Late) {
    let wording = Wording::of("serve", house.config.lang);
    println!("{}", wording.say("store_back", house.store.place(), ""));
    late.greet(house, &wording).await;
}
