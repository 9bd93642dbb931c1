-- Leases, in microseconds: how long what was read at an epoch may be used without asking again, how long whoever
-- moves the epoch waits after the commit before saying so, and the epoch at which that was last decided.
ALTER TABLE guard ADD COLUMN lease_micros INTEGER NOT NULL DEFAULT 0 CHECK (lease_micros >= 0);
ALTER TABLE guard ADD COLUMN wait_micros INTEGER NOT NULL DEFAULT 0 CHECK (wait_micros >= lease_micros);
ALTER TABLE guard ADD COLUMN lease_epoch INTEGER NOT NULL DEFAULT 0;
