-- owner: attachment
-- +goose Up
-- subject is empty until the file has been linked. uploader is a person, or public
-- with the hash of the secret that the uploader was given.
CREATE TABLE attachment (
    id          TEXT   PRIMARY KEY,
    hash        TEXT   NOT NULL,
    size        BIGINT NOT NULL,
    type        TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    subject     TEXT   NOT NULL,
    subject_id  TEXT   NOT NULL,
    uploader    TEXT   NOT NULL,
    secret_hash TEXT   NOT NULL,
    upload_key  TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    linked_at   BIGINT NOT NULL
);
CREATE INDEX attachment_subject ON attachment (subject, subject_id, id) WHERE subject <> '';
CREATE INDEX attachment_unlinked ON attachment (created_at) WHERE subject = '';
CREATE INDEX attachment_uploader ON attachment (uploader) WHERE subject = '';
CREATE INDEX attachment_hash ON attachment (hash);
CREATE UNIQUE INDEX attachment_key ON attachment (uploader, upload_key) WHERE upload_key <> '';
-- Whoever adds a row for stored bytes, or removes bytes without rows, changes the
-- one row here first, so that the two never meet.
CREATE TABLE attachment_gate (
    id TEXT   PRIMARY KEY,
    at BIGINT NOT NULL
);
INSERT INTO attachment_gate (id, at) VALUES ('gate', 0);
