-- owner: workorder
-- +goose Up
-- Tasks of before they had statuses.
INSERT INTO workorder_task (order_id, task_id, team_id, person_id, status, open)
SELECT o.id, t.value ->> 'id', t.value ->> 'teamId', '', 'ready', TRUE
FROM (SELECT id, tasks FROM workorder WHERE open AND tasks LIKE '[{%') o, jsonb_array_elements(o.tasks::jsonb) t
WHERE NOT (t.value ->> 'done')::boolean;
