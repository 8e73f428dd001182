-- owner: workorder
-- +goose Up
CREATE TABLE workorder_text (
    seq  BIGINT   PRIMARY KEY,
    body TSVECTOR NOT NULL
);
CREATE INDEX workorder_text_body ON workorder_text USING gin (body);
