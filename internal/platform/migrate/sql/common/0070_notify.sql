-- owner: notify
-- +goose Up
-- What a person was told; a message not in the inbox went only by other channels.
CREATE TABLE notify_message (
    id         TEXT    PRIMARY KEY,
    person_id  TEXT    NOT NULL,
    template   TEXT    NOT NULL,
    grp        TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    version    BIGINT  NOT NULL,
    urgent     BOOLEAN NOT NULL,
    inbox      BOOLEAN NOT NULL,
    texts      TEXT    NOT NULL,
    page       TEXT    NOT NULL,
    at         BIGINT  NOT NULL,
    expires_at BIGINT  NOT NULL,
    read_at    BIGINT  NOT NULL,
    UNIQUE (person_id, template, subject, version)
);
CREATE INDEX notify_message_inbox ON notify_message (person_id, at, id) WHERE inbox;
CREATE INDEX notify_message_unread ON notify_message (person_id, at, id) WHERE inbox AND read_at = 0;
CREATE INDEX notify_message_at ON notify_message (at);
-- target is the device for push and empty for channels with one address a person.
CREATE TABLE notify_delivery (
    id         TEXT    PRIMARY KEY,
    message_id TEXT    NOT NULL REFERENCES notify_message (id),
    person_id  TEXT    NOT NULL,
    channel    TEXT    NOT NULL,
    target     TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'skipped')),
    reason     TEXT    NOT NULL,
    error      TEXT    NOT NULL,
    attempts   BIGINT  NOT NULL,
    forced     BOOLEAN NOT NULL,
    run_at     BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL,
    UNIQUE (message_id, channel, target)
);
CREATE INDEX notify_delivery_person ON notify_delivery (person_id, created_at, id);
CREATE INDEX notify_delivery_created ON notify_delivery (created_at, id);
CREATE INDEX notify_delivery_failed ON notify_delivery (created_at, id) WHERE state = 'failed';
CREATE INDEX notify_delivery_queued ON notify_delivery (created_at, id) WHERE state = 'queued';
-- hash is the SHA-256 of the endpoint: a browser belongs to one person at a time.
CREATE TABLE notify_device (
    id         TEXT   PRIMARY KEY,
    person_id  TEXT   NOT NULL,
    label      TEXT   NOT NULL,
    user_agent TEXT   NOT NULL,
    endpoint   TEXT   NOT NULL,
    hash       TEXT   NOT NULL UNIQUE,
    p256dh     TEXT   NOT NULL,
    auth       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at    BIGINT NOT NULL
);
CREATE INDEX notify_device_person ON notify_device (person_id, created_at);
CREATE TABLE notify_preference (
    person_id TEXT   PRIMARY KEY,
    choices   TEXT   NOT NULL,
    quiet     TEXT   NOT NULL,
    version   BIGINT NOT NULL
);
-- Wordings that stand in for the built-in ones.
CREATE TABLE notify_template (
    code       TEXT   PRIMARY KEY,
    texts      TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- One row: how far the event log has been turned into messages, and by whom.
CREATE TABLE notify_cursor (
    id        TEXT   PRIMARY KEY,
    txid      BIGINT NOT NULL,
    seq       BIGINT NOT NULL,
    holder    TEXT   NOT NULL,
    lease_end BIGINT NOT NULL
);
