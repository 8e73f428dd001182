-- owner: platform/jobs
-- +goose Up
-- attempt counts the starts and fences off whoever lost the lease; failures count
-- since the job was last asked for. again_at is not 0 when it was asked for once
-- more while running.
CREATE TABLE job (
    id         TEXT    PRIMARY KEY,
    kind       TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    args       TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('ready', 'running', 'done', 'dead', 'cancelled')),
    run_at     BIGINT  NOT NULL,
    lease_end  BIGINT  NOT NULL,
    attempt    BIGINT  NOT NULL,
    failures   BIGINT  NOT NULL,
    max_tries  BIGINT  NOT NULL,
    again_at   BIGINT  NOT NULL,
    again_args TEXT    NOT NULL,
    error      TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    ended_at   BIGINT  NOT NULL
);
CREATE INDEX job_ready ON job (run_at) WHERE state = 'ready';
CREATE INDEX job_running ON job (lease_end) WHERE state = 'running';
CREATE INDEX job_ended ON job (ended_at) WHERE state IN ('done', 'dead', 'cancelled');
CREATE INDEX job_dead ON job (id) WHERE state = 'dead';
CREATE UNIQUE INDEX job_key ON job (kind, key) WHERE key <> '' AND state IN ('ready', 'running');
CREATE TABLE job_period (
    kind    TEXT   PRIMARY KEY,
    next_at BIGINT NOT NULL
);
