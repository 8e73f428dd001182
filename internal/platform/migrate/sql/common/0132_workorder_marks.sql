-- owner: workorder
-- +goose Up
ALTER TABLE workorder ADD COLUMN marks TEXT NOT NULL DEFAULT '';
