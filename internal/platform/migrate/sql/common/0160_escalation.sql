-- owner: escalation
-- +goose Up
-- A ladder as it stands; code names one that came with the program.
CREATE TABLE escalation_ladder (
    id         TEXT    PRIMARY KEY,
    code       TEXT    NOT NULL,
    enabled    BOOLEAN NOT NULL,
    on_since   BIGINT  NOT NULL,
    version    BIGINT  NOT NULL,
    body       TEXT    NOT NULL,
    updated_at BIGINT  NOT NULL
);
CREATE UNIQUE INDEX escalation_ladder_code ON escalation_ladder (code) WHERE code <> '';
-- Every state a ladder has been saved in; rows are only added.
CREATE TABLE escalation_version (
    id        TEXT   PRIMARY KEY,
    ladder_id TEXT   NOT NULL REFERENCES escalation_ladder (id),
    version   BIGINT NOT NULL,
    body      TEXT   NOT NULL,
    note      TEXT   NOT NULL,
    by_id     TEXT   NOT NULL,
    by_name   TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    UNIQUE (ladder_id, version)
);
CREATE TABLE escalation_setting (
    id         TEXT   PRIMARY KEY,
    body       TEXT   NOT NULL,
    since      BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- When each thing wants a look; the only table that is asked every second. version is that
-- of the order the moment was reckoned from: what was read before does not overwrite it.
CREATE TABLE escalation_timer (
    kind    TEXT   NOT NULL CHECK (kind IN ('order', 'report', 'action', 'watch')),
    subject TEXT   NOT NULL,
    due_at  BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX escalation_timer_due ON escalation_timer (due_at);
-- One row for each time a step fired; the key makes it happen once. base is the moment
-- the step is reckoned from, so that a deadline that moved may be reminded of again.
CREATE TABLE escalation_fired (
    order_id   TEXT   NOT NULL,
    ladder_id  TEXT   NOT NULL,
    step       TEXT   NOT NULL,
    base       BIGINT NOT NULL,
    n          BIGINT NOT NULL,
    name_zh    TEXT   NOT NULL,
    name_en    TEXT   NOT NULL,
    note       TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    fired_at   BIGINT NOT NULL,
    told       TEXT   NOT NULL,
    acked_by   TEXT   NOT NULL,
    acked_name TEXT   NOT NULL,
    acked_at   BIGINT NOT NULL,
    PRIMARY KEY (order_id, ladder_id, step, base, n)
);
CREATE INDEX escalation_fired_at ON escalation_fired (fired_at);
-- What somebody owes an explanation for; the unique key opens it once.
CREATE TABLE escalation_report (
    id            TEXT   PRIMARY KEY,
    kind          TEXT   NOT NULL CHECK (kind IN ('same_day', 'h12', 'h24', 'incident')),
    subject       TEXT   NOT NULL,
    base          BIGINT NOT NULL,
    order_id      TEXT   NOT NULL,
    number        TEXT   NOT NULL,
    item          TEXT   NOT NULL,
    item_en       TEXT   NOT NULL,
    place         TEXT   NOT NULL,
    team          TEXT   NOT NULL,
    priority      TEXT   NOT NULL,
    campus_id     TEXT   NOT NULL,
    department_id TEXT   NOT NULL,
    team_id       TEXT   NOT NULL,
    vendor_id     TEXT   NOT NULL,
    owner_id      TEXT   NOT NULL,
    owner_name    TEXT   NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN ('open', 'submitted', 'returned', 'closed')),
    opened_at     BIGINT NOT NULL,
    due_at        BIGINT NOT NULL,
    late          BOOLEAN NOT NULL,
    chased        BIGINT NOT NULL,
    form          TEXT   NOT NULL,
    submitted_by  TEXT   NOT NULL,
    submitted_name TEXT  NOT NULL,
    submitted_at  BIGINT NOT NULL,
    review        TEXT   NOT NULL,
    root_cause    TEXT   NOT NULL,
    reviewed_by   TEXT   NOT NULL,
    reviewed_name TEXT   NOT NULL,
    reviewed_at   BIGINT NOT NULL,
    version       BIGINT NOT NULL,
    UNIQUE (kind, subject, base)
);
CREATE INDEX escalation_report_order ON escalation_report (order_id);
CREATE INDEX escalation_report_owner ON escalation_report (owner_id, state);
CREATE INDEX escalation_report_opened ON escalation_report (kind, opened_at);
CREATE TABLE escalation_action (
    id         TEXT   PRIMARY KEY,
    report_id  TEXT   NOT NULL REFERENCES escalation_report (id),
    what       TEXT   NOT NULL,
    owner_id   TEXT   NOT NULL,
    owner_name TEXT   NOT NULL,
    due_at     BIGINT NOT NULL,
    chased     BIGINT NOT NULL,
    done_at    BIGINT NOT NULL,
    done_note  TEXT   NOT NULL,
    created_by TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX escalation_action_report ON escalation_action (report_id);
CREATE INDEX escalation_action_owner ON escalation_action (owner_id, done_at);
CREATE TABLE escalation_watch (
    id            TEXT   PRIMARY KEY,
    order_id      TEXT   NOT NULL,
    number        TEXT   NOT NULL,
    item          TEXT   NOT NULL,
    item_en       TEXT   NOT NULL,
    place         TEXT   NOT NULL,
    campus_id     TEXT   NOT NULL,
    department_id TEXT   NOT NULL,
    team_id       TEXT   NOT NULL,
    vendor_id     TEXT   NOT NULL,
    reason        TEXT   NOT NULL,
    follower_id   TEXT   NOT NULL,
    follower_name TEXT   NOT NULL,
    by_id         TEXT   NOT NULL,
    by_name       TEXT   NOT NULL,
    started_at    BIGINT NOT NULL,
    due_at        BIGINT NOT NULL,
    every         BIGINT NOT NULL,
    next_at       BIGINT NOT NULL,
    chased        BIGINT NOT NULL,
    late          BOOLEAN NOT NULL,
    ended_at      BIGINT NOT NULL,
    ended_by      TEXT   NOT NULL,
    conclusion    TEXT   NOT NULL,
    version       BIGINT NOT NULL
);
CREATE UNIQUE INDEX escalation_watch_one ON escalation_watch (order_id) WHERE ended_at = 0;
CREATE INDEX escalation_watch_follower ON escalation_watch (follower_id, ended_at);
CREATE TABLE escalation_progress (
    id       TEXT   PRIMARY KEY,
    watch_id TEXT   NOT NULL REFERENCES escalation_watch (id),
    at       BIGINT NOT NULL,
    by_id    TEXT   NOT NULL,
    by_name  TEXT   NOT NULL,
    note     TEXT   NOT NULL
);
CREATE INDEX escalation_progress_watch ON escalation_progress (watch_id, id);
-- How far the event log has been looked at.
CREATE TABLE escalation_cursor (
    id        TEXT   PRIMARY KEY,
    txid      BIGINT NOT NULL,
    seq       BIGINT NOT NULL,
    holder    TEXT   NOT NULL,
    lease_end BIGINT NOT NULL
);
