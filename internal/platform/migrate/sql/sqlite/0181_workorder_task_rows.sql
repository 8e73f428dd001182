-- owner: workorder
-- +goose Up
-- Tasks of before they had statuses.
INSERT INTO workorder_task (order_id, task_id, team_id, person_id, status, open)
SELECT o.id, json_extract(t.value, '$.id'), json_extract(t.value, '$.teamId'), '', 'ready', TRUE
FROM workorder o, json_each(o.tasks) t
WHERE o.open AND o.tasks LIKE '[{%' AND NOT json_extract(t.value, '$.done');
