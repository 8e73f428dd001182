-- owner: org
-- +goose Up
ALTER TABLE duty ADD COLUMN kind TEXT NOT NULL DEFAULT 'normal';
ALTER TABLE duty ADD COLUMN shift_id TEXT NOT NULL DEFAULT '';
ALTER TABLE duty ADD COLUMN place_id TEXT NOT NULL DEFAULT '';
-- The rotation that made the duty, and which of its stretches it is: a stretch that
-- somebody changed or took back is not made again.
ALTER TABLE duty ADD COLUMN rotation_id TEXT NOT NULL DEFAULT '';
ALTER TABLE duty ADD COLUMN slot TEXT NOT NULL DEFAULT '';
ALTER TABLE duty ADD COLUMN changed BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE duty ADD COLUMN removed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE duty ADD COLUMN left_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE duty ADD COLUMN handed_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX duty_place ON duty (place_id) WHERE place_id <> '';
CREATE UNIQUE INDEX duty_slot ON duty (slot) WHERE slot <> '';
CREATE INDEX duty_rotation ON duty (rotation_id, start_at) WHERE rotation_id <> '';
CREATE INDEX duty_unhanded ON duty (end_at) WHERE handed_at = 0 AND removed_at = 0;
CREATE TABLE shift (
    id         TEXT    PRIMARY KEY,
    team_id    TEXT    NOT NULL REFERENCES team (id),
    name       TEXT    NOT NULL,
    tone       TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    place_id   TEXT    NOT NULL,
    intervals  TEXT    NOT NULL,
    active     BOOLEAN NOT NULL,
    version    BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL
);
CREATE UNIQUE INDEX shift_name ON shift (team_id, name);
CREATE INDEX shift_place ON shift (place_id);
CREATE TABLE rotation (
    id         TEXT   PRIMARY KEY,
    team_id    TEXT   NOT NULL REFERENCES team (id),
    name       TEXT   NOT NULL,
    first_day  TEXT   NOT NULL,
    cycle      TEXT   NOT NULL,
    members    TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX rotation_name ON rotation (team_id, name);
CREATE TABLE leave_span (
    id           TEXT   PRIMARY KEY,
    team_id      TEXT   NOT NULL REFERENCES team (id),
    person_id    TEXT   NOT NULL,
    start_at     BIGINT NOT NULL,
    end_at       BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    note         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    created_by   TEXT   NOT NULL,
    cancelled_at BIGINT NOT NULL,
    cancelled_by TEXT   NOT NULL
);
CREATE INDEX leave_person ON leave_span (person_id, start_at);
CREATE INDEX leave_team ON leave_span (team_id, start_at);
CREATE TABLE duty_swap (
    id         TEXT   PRIMARY KEY,
    team_id    TEXT   NOT NULL REFERENCES team (id),
    duty_id    TEXT   NOT NULL,
    person_id  TEXT   NOT NULL,
    back_id    TEXT   NOT NULL,
    with_id    TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    asked_by   TEXT   NOT NULL,
    decided_by TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    decided_at BIGINT NOT NULL
);
CREATE INDEX duty_swap_team ON duty_swap (team_id, created_at);
CREATE INDEX duty_swap_with ON duty_swap (with_id, state);
CREATE INDEX duty_swap_person ON duty_swap (person_id, state);
-- Who is here: at most one open row for each person.
CREATE TABLE attendance (
    id        TEXT   PRIMARY KEY,
    person_id TEXT   NOT NULL,
    duty_id   TEXT   NOT NULL,
    place_id  TEXT   NOT NULL,
    in_at     BIGINT NOT NULL,
    out_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX attendance_open ON attendance (person_id) WHERE out_at = 0;
CREATE INDEX attendance_place ON attendance (place_id);
CREATE TABLE opening_hours (
    place_id TEXT   NOT NULL REFERENCES place (id),
    weekday  BIGINT NOT NULL,
    from_min BIGINT NOT NULL,
    to_min   BIGINT NOT NULL,
    PRIMARY KEY (place_id, weekday, from_min)
);
