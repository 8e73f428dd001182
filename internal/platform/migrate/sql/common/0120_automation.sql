-- owner: automation
-- +goose Up
-- A rule as it stands; code names one that came with the program.
CREATE TABLE automation_rule (
    id         TEXT    PRIMARY KEY,
    code       TEXT    NOT NULL,
    position   BIGINT  NOT NULL,
    enabled    BOOLEAN NOT NULL,
    on_since   BIGINT  NOT NULL,
    version    BIGINT  NOT NULL,
    body       TEXT    NOT NULL,
    updated_at BIGINT  NOT NULL
);
CREATE UNIQUE INDEX automation_rule_code ON automation_rule (code) WHERE code <> '';
-- Every state a rule has been saved in; rows are only added.
CREATE TABLE automation_version (
    id      TEXT   PRIMARY KEY,
    rule_id TEXT   NOT NULL REFERENCES automation_rule (id),
    version BIGINT NOT NULL,
    body    TEXT   NOT NULL,
    note    TEXT   NOT NULL,
    by_id   TEXT   NOT NULL,
    by_name TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    UNIQUE (rule_id, version)
);
-- One row for each time a rule meets an order; slot is the event's number or the
-- moment of the rule's time, so that the unique key makes it happen once.
CREATE TABLE automation_firing (
    id           TEXT   PRIMARY KEY,
    rule_id      TEXT   NOT NULL,
    rule_version BIGINT NOT NULL,
    name_zh      TEXT   NOT NULL,
    name_en      TEXT   NOT NULL,
    order_id     TEXT   NOT NULL,
    number       TEXT   NOT NULL,
    slot         TEXT   NOT NULL,
    depth        BIGINT NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('planned', 'done', 'failed', 'stopped')),
    reason       TEXT   NOT NULL,
    next         BIGINT NOT NULL,
    steps        TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    ended_at     BIGINT NOT NULL,
    UNIQUE (rule_id, order_id, slot)
);
CREATE INDEX automation_firing_rule ON automation_firing (rule_id, id);
CREATE INDEX automation_firing_order ON automation_firing (order_id, id);
CREATE INDEX automation_firing_at ON automation_firing (at);
-- How far the event log, and time, have been looked at.
CREATE TABLE automation_cursor (
    id        TEXT   PRIMARY KEY,
    txid      BIGINT NOT NULL,
    seq       BIGINT NOT NULL,
    holder    TEXT   NOT NULL,
    lease_end BIGINT NOT NULL
);
