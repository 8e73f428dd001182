-- owner: workorder
-- +goose Up
ALTER TABLE workorder ADD COLUMN onsite_only BOOLEAN NOT NULL DEFAULT FALSE;
