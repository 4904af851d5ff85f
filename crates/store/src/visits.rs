//! Who has been here before.

use biseo_model::ids::ShopId;
use biseo_model::phone::PhoneNumber;
use jiff::civil::Date;

use crate::query::query;
use crate::row::json;
use crate::{Store, StoreError};

/// What the bookings under a number tell of the guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visits {
    /// The name of the latest booking.
    pub name: String,
    /// How many bookings there were, from 1.
    pub count: u32,
    /// The services of the latest one; empty for a table.
    pub services: Vec<String>,
    /// What the latest one occupied: a table, or who served.
    pub resource: String,
}

impl Store {
    /// What a shop's standing bookings under a telephone number, up to and with `until`, tell of the guest; `None` if there is
    /// none.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn visits(
        &self,
        shop: &ShopId,
        phone: &PhoneNumber,
        until: Date,
    ) -> Result<Option<Visits>, StoreError> {
        let rows = query(
            "SELECT name, services, resource FROM booking WHERE shop = $1 AND phone = $2 AND date <= $3 AND state = 'confirmed'
             ORDER BY starts DESC, id LIMIT 1000",
        )
        .bind(shop.as_str())
        .bind(phone.as_str())
        .bind(until.to_string())
        .fetch_all(&self.pool)
        .await?;
        let Some(latest) = rows.first() else {
            return Ok(None);
        };
        Ok(Some(Visits {
            name: latest.try_get("name")?,
            count: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            services: json(latest, "services")?,
            resource: latest.try_get("resource")?,
        }))
    }
}
