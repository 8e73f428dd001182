-- owner: history
-- +goose Up
-- One uploaded file and what has become of it. run grows with every command that
-- starts or stops work: whoever works under an older one has been replaced. pass
-- numbers the readings of the file: problems belong to one of them.
CREATE TABLE history_batch (
    id           TEXT   PRIMARY KEY,
    state        TEXT   NOT NULL,
    run          BIGINT NOT NULL,
    pass         BIGINT NOT NULL,
    total        BIGINT NOT NULL,
    done         BIGINT NOT NULL,
    good         BIGINT NOT NULL,
    imported     BIGINT NOT NULL,
    refused      BIGINT NOT NULL,
    skipped      BIGINT NOT NULL,
    known        BIGINT NOT NULL,
    warned       BIGINT NOT NULL,
    still_open   BIGINT NOT NULL,
    closed       BIGINT NOT NULL,
    cancelled    BIGINT NOT NULL,
    first_at     BIGINT NOT NULL,
    last_at      BIGINT NOT NULL,
    tally        TEXT   NOT NULL,
    undo         TEXT   NOT NULL,
    back_to      TEXT   NOT NULL,
    undo_done    BIGINT NOT NULL,
    undo_total   BIGINT NOT NULL,
    changed      BIGINT NOT NULL,
    trouble      TEXT   NOT NULL,
    applied_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    ended_at     BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    file_name    TEXT   NOT NULL,
    file_size    BIGINT NOT NULL,
    format       TEXT   NOT NULL,
    source_name  TEXT   NOT NULL,
    created_by   TEXT   NOT NULL,
    creator_name TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    starter_id   TEXT   NOT NULL,
    starter_name TEXT   NOT NULL,
    file_hash    TEXT   NOT NULL,
    header_skip  BIGINT NOT NULL,
    columns      TEXT   NOT NULL,
    mapping      TEXT   NOT NULL
);
CREATE INDEX history_batch_file ON history_batch (file_hash) WHERE file_hash <> '';

-- The orders that came in, by the other system's name and key. version is the
-- order's when it came in; changed marks those an undoing has left alone.
CREATE TABLE history_order (
    order_id TEXT    PRIMARY KEY,
    batch_id TEXT    NOT NULL,
    source   TEXT    NOT NULL,
    key      TEXT    NOT NULL,
    line     BIGINT  NOT NULL,
    version  BIGINT  NOT NULL,
    changed  BOOLEAN NOT NULL,
    UNIQUE (source, key)
);
CREATE INDEX history_order_batch ON history_order (batch_id, changed, order_id);

-- What was wrong with lines of a file. cells stand with a line's first problem, and
-- only when nothing came of the line.
CREATE TABLE history_problem (
    batch_id TEXT   NOT NULL,
    pass     BIGINT NOT NULL,
    line     BIGINT NOT NULL,
    n        BIGINT NOT NULL,
    level    TEXT   NOT NULL,
    code     TEXT   NOT NULL,
    field    TEXT   NOT NULL,
    value    TEXT   NOT NULL,
    params   TEXT   NOT NULL,
    key      TEXT   NOT NULL,
    cells    TEXT   NOT NULL,
    PRIMARY KEY (batch_id, pass, line, n)
);
CREATE INDEX history_problem_level ON history_problem (batch_id, pass, level, line, n);

-- The values that the last check found in a column, with what they were taken for.
CREATE TABLE history_value (
    batch_id TEXT   NOT NULL,
    pass     BIGINT NOT NULL,
    field    TEXT   NOT NULL,
    value    TEXT   NOT NULL,
    count    BIGINT NOT NULL,
    target   TEXT   NOT NULL,
    name     TEXT   NOT NULL,
    PRIMARY KEY (batch_id, pass, field, value)
);

-- Readings whose problems and values nobody asks for any more.
CREATE TABLE history_waste (
    batch_id TEXT   NOT NULL,
    pass     BIGINT NOT NULL,
    PRIMARY KEY (batch_id, pass)
);

-- Mappings kept by name.
CREATE TABLE history_mapping (
    id         TEXT   PRIMARY KEY,
    name       TEXT   NOT NULL,
    name_key   TEXT   NOT NULL UNIQUE,
    mapping    TEXT   NOT NULL,
    saved_by   TEXT   NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Whoever adds a row for a stored file, or removes files without rows, changes the
-- one row here first, so that the two never meet.
CREATE TABLE history_gate (
    id TEXT   PRIMARY KEY,
    at BIGINT NOT NULL
);
INSERT INTO history_gate (id, at) VALUES ('gate', 0);
