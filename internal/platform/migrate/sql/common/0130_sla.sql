-- owner: sla
-- +goose Up
CREATE TABLE calendar (
    id         TEXT   PRIMARY KEY,
    name       TEXT   NOT NULL,
    campus_id  TEXT   NOT NULL,
    spec       TEXT   NOT NULL,
    updated_at BIGINT NOT NULL
);
-- A campus has one working calendar of its own at most.
CREATE UNIQUE INDEX calendar_campus ON calendar (campus_id) WHERE campus_id <> '';

CREATE TABLE holiday_year (
    year       BIGINT PRIMARY KEY,
    body       TEXT   NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE hold_reason (
    code     TEXT    PRIMARY KEY,
    name_zh  TEXT    NOT NULL,
    name_en  TEXT    NOT NULL,
    respond  BOOLEAN NOT NULL,
    arrive   BOOLEAN NOT NULL,
    finish   BOOLEAN NOT NULL,
    active   BOOLEAN NOT NULL,
    position BIGINT  NOT NULL
);

CREATE TABLE limit_rule (
    item_id     TEXT   NOT NULL,
    priority    TEXT   NOT NULL,
    place_class TEXT   NOT NULL,
    respond     BIGINT NOT NULL,
    arrive      BIGINT NOT NULL,
    finish      BIGINT NOT NULL,
    calendar    TEXT   NOT NULL,
    PRIMARY KEY (item_id, priority, place_class)
);

-- Changes with every edit, so that all replicas notice; 0 is as shipped.
CREATE TABLE sla_stamp (
    name  TEXT   PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO sla_stamp (name, value) VALUES ('clocks', 0);
