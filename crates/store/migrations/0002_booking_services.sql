-- The services of an appointment, a JSON list of names; a table has none.
ALTER TABLE booking ADD COLUMN services TEXT NOT NULL DEFAULT '[]';
-- What stands from some instant on: availability is asked in the middle of a call, and old bookings are many.
CREATE INDEX booking_by_end ON booking (shop, ends) WHERE state = 'confirmed';
