-- owner: platform/event
-- +goose Up
CREATE TABLE event_log (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    txid     BIGINT NOT NULL DEFAULT 0,
    at       BIGINT NOT NULL,
    topic    TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    audience TEXT   NOT NULL,
    data     TEXT   NOT NULL
);
CREATE INDEX event_log_at ON event_log (at);
