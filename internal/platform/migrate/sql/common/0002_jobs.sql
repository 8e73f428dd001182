-- owner: platform/jobs
-- +goose Up
CREATE TABLE job (
    id         TEXT    PRIMARY KEY,
    kind       TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    args       TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('ready', 'running', 'done', 'dead', 'cancelled')),
    run_at     BIGINT  NOT NULL,
    lease_end  BIGINT  NOT NULL,
    attempt    BIGINT  NOT NULL,
    max_tries  BIGINT  NOT NULL,
    error      TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    ended_at   BIGINT  NOT NULL
);
CREATE INDEX job_ready ON job (run_at) WHERE state = 'ready';
CREATE INDEX job_running ON job (lease_end) WHERE state = 'running';
CREATE INDEX job_ended ON job (ended_at) WHERE state IN ('done', 'dead', 'cancelled');
CREATE UNIQUE INDEX job_key ON job (kind, key) WHERE key <> '' AND state IN ('ready', 'running');
CREATE TABLE job_period (
    kind    TEXT   PRIMARY KEY,
    next_at BIGINT NOT NULL
);
