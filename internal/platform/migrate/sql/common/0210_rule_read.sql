-- owner: identity
-- +goose Up
-- Seeing rules is a permission of its own: who manages them goes on seeing them.
UPDATE role SET permissions = replace(permissions, '"rule.manage"', '"rule.manage","rule.read"')
WHERE permissions LIKE '%"rule.manage"%' AND permissions NOT LIKE '%"rule.read"%';
