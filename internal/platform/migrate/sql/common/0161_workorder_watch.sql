-- owner: workorder
-- +goose Up
ALTER TABLE workorder ADD COLUMN watch_id TEXT NOT NULL DEFAULT '';
