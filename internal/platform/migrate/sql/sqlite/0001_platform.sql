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
-- The one row says up to where the log has been pruned.
CREATE TABLE event_floor (
    id   TEXT   PRIMARY KEY,
    txid BIGINT NOT NULL,
    seq  BIGINT NOT NULL
);
INSERT INTO event_floor (id, txid, seq) VALUES ('floor', 0, 0);
