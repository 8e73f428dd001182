-- owner: catalog
-- +goose Up
CREATE TABLE catalog_category (
    id         TEXT    PRIMARY KEY,
    name_zh    TEXT    NOT NULL,
    name_en    TEXT    NOT NULL,
    icon       TEXT    NOT NULL,
    position   BIGINT  NOT NULL,
    active     BOOLEAN NOT NULL,
    version    BIGINT  NOT NULL
);
-- draft is the content being edited; search holds the keys of the published one.
CREATE TABLE catalog_item (
    id          TEXT    PRIMARY KEY,
    code        TEXT    NOT NULL UNIQUE,
    category_id TEXT    NOT NULL REFERENCES catalog_category (id),
    position    BIGINT  NOT NULL,
    active      BOOLEAN NOT NULL,
    published   BIGINT  NOT NULL,
    draft       TEXT    NOT NULL,
    search      TEXT    NOT NULL,
    version     BIGINT  NOT NULL,
    created_at  BIGINT  NOT NULL,
    updated_at  BIGINT  NOT NULL
);
CREATE INDEX catalog_item_category ON catalog_item (category_id, position);
-- Rows are added and never changed: orders point at the version they were made with.
CREATE TABLE catalog_version (
    item_id        TEXT   NOT NULL REFERENCES catalog_item (id),
    version        BIGINT NOT NULL,
    content        TEXT   NOT NULL,
    note           TEXT   NOT NULL,
    published_at   BIGINT NOT NULL,
    published_by   TEXT   NOT NULL,
    published_name TEXT   NOT NULL,
    PRIMARY KEY (item_id, version)
);
-- One row: the number of the last change to anything above.
CREATE TABLE catalog_state (
    id       TEXT   PRIMARY KEY,
    revision BIGINT NOT NULL
);
INSERT INTO catalog_state (id, revision) VALUES ('catalog', 1);
