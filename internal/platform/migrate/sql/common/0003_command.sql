-- owner: platform/command
-- +goose Up
-- One row for each command carried out under an idempotency key, with its answer.
CREATE TABLE command (
    actor_id TEXT   NOT NULL,
    key      TEXT   NOT NULL,
    digest   TEXT   NOT NULL,
    answer   TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (actor_id, key)
);
CREATE INDEX command_at ON command (at);
