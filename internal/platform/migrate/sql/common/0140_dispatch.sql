-- owner: dispatch
-- +goose Up
-- Every state the weights and ways have been saved in; the last one holds.
CREATE TABLE dispatch_setting (
    version BIGINT PRIMARY KEY,
    body    TEXT   NOT NULL,
    by_id   TEXT   NOT NULL,
    by_name TEXT   NOT NULL,
    at      BIGINT NOT NULL
);
-- What an item of the catalogue asks of the person; points 0 is what its priority says.
CREATE TABLE dispatch_item (
    item_id    TEXT   PRIMARY KEY,
    skills     TEXT   NOT NULL,
    points     BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- What a person carries.
CREATE TABLE dispatch_kit (
    person_id  TEXT   PRIMARY KEY,
    tags       TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- Empty ids fit everything; minutes count from midnight, and equal ones are the whole day.
CREATE TABLE dispatch_mode (
    id            TEXT    PRIMARY KEY,
    position      BIGINT  NOT NULL,
    item_id       TEXT    NOT NULL,
    category_id   TEXT    NOT NULL,
    team_id       TEXT    NOT NULL,
    from_minute   BIGINT  NOT NULL,
    to_minute     BIGINT  NOT NULL,
    mode          TEXT    NOT NULL CHECK (mode IN ('manual', 'pool', 'automatic')),
    countdown     BIGINT  NOT NULL,
    accept_within BIGINT  NOT NULL,
    active        BOOLEAN NOT NULL,
    version       BIGINT  NOT NULL,
    updated_at    BIGINT  NOT NULL
);
-- One row for each state of an order in which the program gave it to somebody.
CREATE TABLE dispatch_decision (
    id            TEXT   PRIMARY KEY,
    order_id      TEXT   NOT NULL,
    order_version BIGINT NOT NULL,
    cause         TEXT   NOT NULL,
    team_id       TEXT   NOT NULL,
    person_id     TEXT   NOT NULL,
    score         BIGINT NOT NULL,
    note          TEXT   NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN ('planned', 'given', 'passed')),
    at            BIGINT NOT NULL,
    UNIQUE (order_id, order_version)
);
CREATE INDEX dispatch_decision_at ON dispatch_decision (at);
-- How far the event log has been looked at.
CREATE TABLE dispatch_cursor (
    id   TEXT   PRIMARY KEY,
    txid BIGINT NOT NULL,
    seq  BIGINT NOT NULL
);
