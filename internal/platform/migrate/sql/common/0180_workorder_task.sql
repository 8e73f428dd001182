-- owner: workorder
-- +goose Up
ALTER TABLE workorder ADD COLUMN tasks_only BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE workorder ADD COLUMN finish_with_last BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE workorder ADD COLUMN main_done_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE workorder ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE workorder ADD COLUMN squad TEXT NOT NULL DEFAULT '';
-- What lists and loads need of the tasks of orders; the order's own row says everything.
CREATE TABLE workorder_task (
    order_id  TEXT    NOT NULL,
    task_id   TEXT    NOT NULL,
    team_id   TEXT    NOT NULL,
    person_id TEXT    NOT NULL,
    status    TEXT    NOT NULL,
    open      BOOLEAN NOT NULL,
    PRIMARY KEY (order_id, task_id)
);
CREATE INDEX workorder_task_team ON workorder_task (team_id, order_id) WHERE open;
CREATE INDEX workorder_task_person ON workorder_task (person_id, order_id) WHERE open AND person_id <> '';
