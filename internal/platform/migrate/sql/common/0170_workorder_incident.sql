-- owner: workorder
-- +goose Up
ALTER TABLE workorder ADD COLUMN incident_id TEXT NOT NULL DEFAULT '';
ALTER TABLE workorder ADD COLUMN incident_no TEXT NOT NULL DEFAULT '';
ALTER TABLE workorder ADD COLUMN incident_role TEXT NOT NULL DEFAULT '';
CREATE INDEX workorder_incident ON workorder (incident_id, id) WHERE incident_id <> '';
