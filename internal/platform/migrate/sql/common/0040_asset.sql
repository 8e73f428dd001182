-- owner: asset
-- +goose Up
-- campus_id is that of the place, or else of the department. Dates are YYYY-MM-DD.
CREATE TABLE asset (
    id             TEXT   PRIMARY KEY,
    number         TEXT   NOT NULL UNIQUE,
    name           TEXT   NOT NULL,
    class          TEXT   NOT NULL,
    model          TEXT   NOT NULL,
    serial         TEXT   NOT NULL,
    status         TEXT   NOT NULL CHECK (status IN ('in_use', 'in_repair', 'idle', 'lent', 'scrapped')),
    place_id       TEXT   NOT NULL,
    department_id  TEXT   NOT NULL,
    campus_id      TEXT   NOT NULL,
    custodian_id   TEXT   NOT NULL,
    vendor_id      TEXT   NOT NULL,
    purchased_on   TEXT   NOT NULL,
    price_fen      BIGINT NOT NULL,
    warranty_until TEXT   NOT NULL,
    ip             TEXT   NOT NULL,
    mac            TEXT   NOT NULL,
    note           TEXT   NOT NULL,
    search         TEXT   NOT NULL,
    version        BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL
);
CREATE INDEX asset_place ON asset (place_id, number);
CREATE INDEX asset_department ON asset (department_id, number);
CREATE INDEX asset_campus ON asset (campus_id, number);
CREATE INDEX asset_class ON asset (class, number);
CREATE INDEX asset_vendor ON asset (vendor_id, number) WHERE vendor_id <> '';
CREATE INDEX asset_custodian ON asset (custodian_id, number) WHERE custodian_id <> '';
-- What a label carries. A code that was replaced stays, so that an old label can be told from a false one.
CREATE TABLE asset_code (
    secret     TEXT   PRIMARY KEY,
    asset_id   TEXT   NOT NULL REFERENCES asset (id),
    made_at    BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX asset_code_current ON asset_code (asset_id) WHERE revoked_at = 0;
-- What became of an asset; rows are only added.
CREATE TABLE asset_event (
    id         TEXT   PRIMARY KEY,
    asset_id   TEXT   NOT NULL REFERENCES asset (id),
    at         BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    actor_id   TEXT   NOT NULL,
    actor_name TEXT   NOT NULL,
    note       TEXT   NOT NULL,
    changes    TEXT   NOT NULL
);
CREATE INDEX asset_event_asset ON asset_event (asset_id, id);
-- A list that was read and shown, waiting to be applied.
CREATE TABLE asset_import (
    id         TEXT   PRIMARY KEY,
    person_id  TEXT   NOT NULL,
    file_name  TEXT   NOT NULL,
    language   TEXT   NOT NULL,
    columns    TEXT   NOT NULL,
    lines      TEXT   NOT NULL,
    plan       TEXT   NOT NULL,
    digest     TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX asset_import_expires ON asset_import (expires_at);
