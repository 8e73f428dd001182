-- owner: audit
-- +goose Up
CREATE TABLE audit_entry (
    id         TEXT   PRIMARY KEY,
    at         BIGINT NOT NULL,
    actor_id   TEXT   NOT NULL,
    actor_name TEXT   NOT NULL,
    action     TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    subject_id TEXT   NOT NULL,
    detail     TEXT   NOT NULL,
    ip         TEXT   NOT NULL,
    request_id TEXT   NOT NULL
);
CREATE INDEX audit_entry_at ON audit_entry (at, id);
CREATE INDEX audit_entry_subject ON audit_entry (subject, subject_id, at);
CREATE INDEX audit_entry_actor ON audit_entry (actor_id, at);
