-- owner: classify
-- +goose Up
CREATE TABLE classify_state (
    id         TEXT    PRIMARY KEY,
    stamp      BIGINT  NOT NULL,
    version_id TEXT    NOT NULL,
    threshold  DOUBLE PRECISION NOT NULL,
    last_order TEXT    NOT NULL,
    run_state  TEXT    NOT NULL,
    run_done   BIGINT  NOT NULL,
    run_by     TEXT    NOT NULL,
    run_at     BIGINT  NOT NULL,
    run_error  TEXT    NOT NULL
);
CREATE TABLE classify_version (
    id         TEXT    PRIMARY KEY,
    kind       TEXT    NOT NULL,
    trained_at BIGINT  NOT NULL,
    took       BIGINT  NOT NULL,
    orders     BIGINT  NOT NULL,
    phrases    BIGINT  NOT NULL,
    items      BIGINT  NOT NULL,
    grams      BIGINT  NOT NULL,
    bytes      BIGINT  NOT NULL,
    heat       DOUBLE PRECISION NOT NULL,
    top1       DOUBLE PRECISION NOT NULL,
    top3       DOUBLE PRECISION NOT NULL,
    held       BIGINT  NOT NULL,
    later      TEXT    NOT NULL,
    starter    TEXT    NOT NULL,
    model      TEXT    NOT NULL
);
CREATE TABLE classify_word (
    id        TEXT    PRIMARY KEY,
    word      TEXT    NOT NULL,
    item_code TEXT    NOT NULL,
    priority  TEXT    NOT NULL,
    except_in TEXT    NOT NULL,
    active    BOOLEAN NOT NULL,
    position  BIGINT  NOT NULL
);
CREATE TABLE classify_rule (
    id       TEXT    PRIMARY KEY,
    name_zh  TEXT    NOT NULL,
    name_en  TEXT    NOT NULL,
    mode     TEXT    NOT NULL,
    when_all TEXT    NOT NULL,
    active   BOOLEAN NOT NULL,
    position BIGINT  NOT NULL
);
CREATE TABLE classify_script (
    item_code  TEXT   PRIMARY KEY,
    steps      TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE TABLE classify_guess (
    order_id   TEXT    PRIMARY KEY,
    version_id TEXT    NOT NULL,
    guess_id   TEXT    NOT NULL,
    confidence DOUBLE PRECISION NOT NULL,
    filled     BOOLEAN NOT NULL,
    chosen_id  TEXT    NOT NULL,
    top3       BOOLEAN NOT NULL,
    by_word    TEXT    NOT NULL,
    at         BIGINT  NOT NULL
);
CREATE INDEX classify_guess_at ON classify_guess (at);
CREATE TABLE classify_problem (
    id              TEXT   PRIMARY KEY,
    subject         TEXT   NOT NULL,
    item_id         TEXT   NOT NULL,
    item_name       TEXT   NOT NULL,
    item_name_en    TEXT   NOT NULL,
    asset_id        TEXT   NOT NULL,
    asset_name      TEXT   NOT NULL,
    place_id        TEXT   NOT NULL,
    place_name      TEXT   NOT NULL,
    campus_id       TEXT   NOT NULL,
    department_id   TEXT   NOT NULL,
    department_name TEXT   NOT NULL,
    team_id         TEXT   NOT NULL,
    vendor_id       TEXT   NOT NULL,
    orders          TEXT   NOT NULL,
    repeats         BIGINT NOT NULL,
    cause           TEXT   NOT NULL,
    action          TEXT   NOT NULL,
    opened_at       BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    closed_at       BIGINT NOT NULL,
    closed_by       TEXT   NOT NULL,
    version         BIGINT NOT NULL
);
CREATE UNIQUE INDEX classify_problem_open ON classify_problem (subject) WHERE closed_at = 0;
CREATE INDEX classify_problem_list ON classify_problem (closed_at, id);
