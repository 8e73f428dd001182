-- owner: workorder
-- +goose Up
-- One row for each order, under the order's seq.
CREATE VIRTUAL TABLE workorder_text USING fts5(body, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0");
