//! Bookings: one resource holds one booking at a time, whatever happens at once.

use biseo_model::ids::{BookingId, CallId, ShopId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, BookingState};
use jiff::civil::{self, Date, Time};

use crate::free::Taken;
use crate::holds::sweep;
use crate::pool::Tx;
use crate::query::query;
use crate::row::{Row, civil, count, instant, json, name_of, parsed, parsed_opt, text, word};
use crate::untold::{Done, Telling};
use crate::{Asker, Store, StoreError};

/// What became of a wish to book.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "one answer at a time, mostly the large one; a box would only be unpacked"
)]
pub enum Booked {
    /// It stands, as stored: with the resource that it got.
    Confirmed(Booking),
    /// Every candidate is taken at that time; nothing was stored.
    Full,
}

/// What a booking becomes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move<'a> {
    /// When it begins from now on, on the shop's clock.
    pub to: civil::DateTime,
    /// How long it occupies its resource, in minutes, from 1.
    pub minutes: u32,
    /// Number of persons, from 1.
    pub party_size: u32,
    /// The services, by their names in the profile; empty for a table.
    pub services: &'a [String],
    /// What the caller asked for, in the caller's words.
    pub requests: &'a [String],
    /// Resources in order of preference.
    pub candidates: &'a [&'a str],
}

impl Move<'_> {
    /// Whether a booking is as it would become, on a resource that it may have.
    fn changes_nothing_of(&self, booking: &Booking) -> bool {
        self.candidates.contains(&booking.resource.as_str()) && self.applied(booking.clone()) == *booking
    }

    fn applied(&self, booking: Booking) -> Booking {
        Booking {
            date: self.to.date(),
            time: self.to.time(),
            minutes: self.minutes,
            party_size: self.party_size,
            services: self.services.to_vec(),
            requests: self.requests.to_vec(),
            ..booking
        }
    }
}

impl Store {
    /// Books the first free one of `candidates` (resources in order of preference). `wish.resource` and `wish.state` are
    /// ignored. The same id again returns what stands under it, changed by nothing: a repeated confirmation books once.
    /// What is held for other calls at the instant `wish.made` is taken; what `wish.call` holds is used up.
    ///
    /// The whole is one transaction, and one shop has one such transaction at a time, so two calls cannot both find the
    /// last table free.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the id is another shop's or a cancelled booking's, the call is unknown, or the party or
    /// stay is 0.
    pub async fn book(&self, wish: &Booking, candidates: &[&str]) -> Result<Booked, StoreError> {
        self.book_and(wish, candidates, None).await
    }

    /// The same, with a note for whoever tells it.
    pub(crate) async fn book_and(
        &self,
        wish: &Booking,
        candidates: &[&str],
        telling: Option<&Telling<'_>>,
    ) -> Result<Booked, StoreError> {
        let mut tx = self.exclusive(&wish.shop).await?;
        if let Some(standing) = by_id(&mut tx, &wish.id).await? {
            return repeated(standing, &wish.shop);
        }
        let by = Asker {
            call: wish.call.as_ref(),
            now: wish.made,
        };
        let span = span(wish.date, wish.time, wish.minutes);
        let taken = Taken::read(&mut tx, &wish.shop, span, None, by).await?;
        let Some(resource) = taken.first_free(candidates, span) else {
            return Ok(Booked::Full);
        };
        let booking = Booking {
            resource: resource.to_string(),
            state: BookingState::Confirmed,
            ..wish.clone()
        };
        insert(&mut tx, &booking).await?;
        if let Some(telling) = telling {
            let booking = booking.clone();
            telling
                .note(&mut tx, &wish.shop, &Done::Booked { booking })
                .await?;
        }
        sweep(&mut tx, &wish.shop, by).await?;
        tx.commit().await?;
        Ok(Booked::Confirmed(booking))
    }

    /// Changes a booking, on the first free one of the candidates. If all are taken it stays as it was. What changes nothing leaves it as it
    /// is, where it is. Holds count as in [`Store::book`].
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the shop has no such standing booking, or the party or stay is 0.
    pub async fn move_booking(
        &self,
        shop: &ShopId,
        id: &BookingId,
        to: &Move<'_>,
        by: Asker<'_>,
    ) -> Result<Booked, StoreError> {
        self.move_and((shop, id), to, by, None).await
    }

    /// The same, with a note for whoever tells it.
    pub(crate) async fn move_and(
        &self,
        (shop, id): (&ShopId, &BookingId),
        to: &Move<'_>,
        by: Asker<'_>,
        telling: Option<&Telling<'_>>,
    ) -> Result<Booked, StoreError> {
        let mut tx = self.exclusive(shop).await?;
        let before = standing(&mut tx, shop, id).await?;
        moved(tx, before, to, by, telling).await
    }

    /// The same for a booking that was read before; `None` if it is another one meanwhile.
    ///
    /// # Errors
    /// As [`Store::move_booking`].
    pub async fn change_booking(
        &self,
        from: &Booking,
        to: &Move<'_>,
        by: Asker<'_>,
    ) -> Result<Option<Booked>, StoreError> {
        self.change_and(from, to, by, None).await
    }

    /// The same, with a note for whoever tells it.
    pub(crate) async fn change_and(
        &self,
        from: &Booking,
        to: &Move<'_>,
        by: Asker<'_>,
        telling: Option<&Telling<'_>>,
    ) -> Result<Option<Booked>, StoreError> {
        let mut tx = self.exclusive(&from.shop).await?;
        let before = standing(&mut tx, &from.shop, &from.id).await?;
        if before != *from {
            return Ok(None);
        }
        moved(tx, before, to, by, telling).await.map(Some)
    }

    /// Cancels a booking; its time is free at once. Returns `false` if the shop has no such standing booking.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn cancel_booking(&self, shop: &ShopId, id: &BookingId) -> Result<bool, StoreError> {
        self.cancel_and((shop, id), None, None).await
    }

    /// The same for a booking that was read before; `false` if it is another one meanwhile, or cancelled.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn cancel_as_read(&self, from: &Booking) -> Result<bool, StoreError> {
        self.cancel_and((&from.shop, &from.id), Some(from), None).await
    }

    /// Both, with a note for whoever tells it.
    pub(crate) async fn cancel_and(
        &self,
        (shop, id): (&ShopId, &BookingId),
        as_read: Option<&Booking>,
        telling: Option<&Telling<'_>>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.exclusive(shop).await?;
        let stands = |b: &Booking| b.shop == *shop && b.state == BookingState::Confirmed;
        let Some(booking) = by_id(&mut tx, id).await?.filter(stands) else {
            return Ok(false);
        };
        if as_read.is_some_and(|read| *read != booking) {
            return Ok(false);
        }
        cancel(&mut tx, id).await?;
        if let Some(telling) = telling {
            telling.note(&mut tx, shop, &Done::Cancelled { booking }).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// A shop's bookings of one day, cancelled ones too, by time.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn bookings_on(&self, shop: &ShopId, date: Date) -> Result<Vec<Booking>, StoreError> {
        query("SELECT * FROM booking WHERE shop = $1 AND date = $2 ORDER BY starts, id")
            .bind(shop.as_str())
            .bind(date.to_string())
            .all(&self.pool, read)
            .await
    }

    /// A shop's standing bookings under a telephone number, from `from` on, by date.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn bookings_of(
        &self,
        shop: &ShopId,
        phone: &PhoneNumber,
        from: Date,
    ) -> Result<Vec<Booking>, StoreError> {
        query(
            "SELECT * FROM booking WHERE shop = $1 AND phone = $2 AND date >= $3 AND state = 'confirmed'
             ORDER BY starts, id",
        )
        .bind(shop.as_str())
        .bind(phone.as_str())
        .bind(from.to_string())
        .all(&self.pool, read)
        .await
    }
}

impl Store {
    /// One booking of a shop, a cancelled one too.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn booking(&self, shop: &ShopId, id: &BookingId) -> Result<Option<Booking>, StoreError> {
        query("SELECT * FROM booking WHERE shop = $1 AND id = $2")
            .bind(shop.as_str())
            .bind(id.as_str())
            .one(&self.pool, read)
            .await
    }

    /// A shop's bookings of some days, both included, cancelled ones too, by time; at most 5000.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn bookings_between(
        &self,
        shop: &ShopId,
        from: Date,
        to: Date,
    ) -> Result<Vec<Booking>, StoreError> {
        query(
            "SELECT * FROM booking WHERE shop = $1 AND date >= $2 AND date <= $3
             ORDER BY date, time, id LIMIT 5000",
        )
        .bind(shop.as_str())
        .bind(from.to_string())
        .bind(to.to_string())
        .all(&self.pool, read)
        .await
    }

    /// The bookings made in a call, as they are now.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn bookings_in(&self, shop: &ShopId, call: &CallId) -> Result<Vec<Booking>, StoreError> {
        query("SELECT * FROM booking WHERE shop = $1 AND call = $2 ORDER BY made, id LIMIT 200")
            .bind(shop.as_str())
            .bind(call.as_str())
            .all(&self.pool, read)
            .await
    }

    /// A shop's latest bookings under a number, cancelled ones too, newest first, at most 50.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn latest_bookings_of(
        &self,
        shop: &ShopId,
        phone: &PhoneNumber,
    ) -> Result<Vec<Booking>, StoreError> {
        query("SELECT * FROM booking WHERE shop = $1 AND phone = $2 ORDER BY starts DESC, id DESC LIMIT 50")
            .bind(shop.as_str())
            .bind(phone.as_str())
            .all(&self.pool, read)
            .await
    }
}

/// Start and end in minutes of the shop's own clock since 1970.
pub(crate) fn span(date: Date, time: Time, minutes: u32) -> (i64, i64) {
    let days = date.duration_since(civil::date(1970, 1, 1)).as_hours() / 24;
    let starts = days * 1440 + i64::from(time.hour()) * 60 + i64::from(time.minute());
    (starts, starts + i64::from(minutes))
}

/// Moves a booking as it stands, and ends the transaction.
async fn moved(
    mut tx: Tx,
    before: Booking,
    to: &Move<'_>,
    by: Asker<'_>,
    telling: Option<&Telling<'_>>,
) -> Result<Booked, StoreError> {
    if to.changes_nothing_of(&before) {
        sweep(&mut tx, &before.shop, by).await?;
        tx.commit().await?;
        return Ok(Booked::Confirmed(before));
    }
    let began = before.date.to_datetime(before.time);
    let mut booking = to.applied(before);
    let span = span(booking.date, booking.time, booking.minutes);
    let taken = Taken::read(&mut tx, &booking.shop, span, Some(&booking.id), by).await?;
    let Some(resource) = taken.first_free(to.candidates, span) else {
        return Ok(Booked::Full);
    };
    booking.resource = resource.to_string();
    update(&mut tx, &booking).await?;
    if let Some(telling) = telling {
        let done = Done::Moved {
            booking: booking.clone(),
            before: began,
        };
        telling.note(&mut tx, &booking.shop, &done).await?;
    }
    sweep(&mut tx, &booking.shop, by).await?;
    tx.commit().await?;
    Ok(Booked::Confirmed(booking))
}

pub(crate) async fn insert(tx: &mut Tx, b: &Booking) -> Result<(), StoreError> {
    let (starts, ends) = span(b.date, b.time, b.minutes);
    query(
        "INSERT INTO booking
         (id, shop, call, date, time, starts, ends, party_size, name, phone, resource, state, made, services,
          requests)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(b.id.as_str())
    .bind(b.shop.as_str())
    .bind(b.call.as_ref().map(|c| c.as_str()))
    .bind(b.date.to_string())
    .bind(b.time.to_string())
    .bind(starts)
    .bind(ends)
    .bind(i64::from(b.party_size))
    .bind(&b.name)
    .bind(b.phone.as_str())
    .bind(&b.resource)
    .bind(name_of(&b.state)?)
    .bind(b.made.as_millisecond())
    .bind(text(&b.services)?)
    .bind(text(&b.requests)?)
    .execute(tx)
    .await?;
    Ok(())
}

pub(crate) async fn update(tx: &mut Tx, b: &Booking) -> Result<(), StoreError> {
    let (starts, ends) = span(b.date, b.time, b.minutes);
    query(
        "UPDATE booking SET date = $2, time = $3, starts = $4, ends = $5, resource = $6, party_size = $7, services = $8,
         requests = $9, sequence = sequence + 1
         WHERE id = $1",
    )
    .bind(b.id.as_str())
    .bind(b.date.to_string())
    .bind(b.time.to_string())
    .bind(starts)
    .bind(ends)
    .bind(&b.resource)
    .bind(i64::from(b.party_size))
    .bind(text(&b.services)?)
    .bind(text(&b.requests)?)
    .execute(tx)
    .await?;
    Ok(())
}

/// A booking that stands is given up.
pub(crate) async fn cancel(tx: &mut Tx, id: &BookingId) -> Result<(), StoreError> {
    query("UPDATE booking SET state = 'cancelled', sequence = sequence + 1 WHERE id = $1 AND state = 'confirmed'")
        .bind(id.as_str())
        .execute(tx)
        .await?;
    Ok(())
}

pub(crate) async fn by_id(tx: &mut Tx, id: &BookingId) -> Result<Option<Booking>, StoreError> {
    query("SELECT * FROM booking WHERE id = $1")
        .bind(id.as_str())
        .one(tx, read)
        .await
}

/// The shop's booking under `id`, if it stands.
async fn standing(tx: &mut Tx, shop: &ShopId, id: &BookingId) -> Result<Booking, StoreError> {
    let stands = |b: &Booking| b.shop == *shop && b.state == BookingState::Confirmed;
    by_id(tx, id)
        .await?
        .filter(stands)
        .ok_or_else(|| StoreError::Conflict(format!("there is no standing booking {id}")))
}

/// An id that is used up tells no more than that: it may be another tenant's, or a booking that was cancelled.
fn repeated(standing: Booking, shop: &ShopId) -> Result<Booked, StoreError> {
    if standing.shop == *shop && standing.state == BookingState::Confirmed {
        Ok(Booked::Confirmed(standing))
    } else {
        Err(StoreError::Conflict("the booking's id is used up".into()))
    }
}

pub(crate) fn read(row: &Row) -> Result<Booking, StoreError> {
    let (starts, ends): (i64, i64) = (row.try_get("starts")?, row.try_get("ends")?);
    Ok(Booking {
        id: parsed(row, "id")?,
        shop: parsed(row, "shop")?,
        call: parsed_opt(row, "call")?,
        date: civil(row, "date")?,
        time: civil(row, "time")?,
        minutes: u32::try_from(ends - starts).map_err(|e| StoreError::Corrupt(e.to_string()))?,
        party_size: count(row, "party_size")?,
        name: row.try_get("name")?,
        phone: parsed(row, "phone")?,
        resource: row.try_get("resource")?,
        services: json(row, "services")?,
        requests: json(row, "requests")?,
        state: word("state", row.try_get("state")?)?,
        made: instant(row, "made")?,
    })
}
