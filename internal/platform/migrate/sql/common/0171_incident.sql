-- owner: incident
-- +goose Up
CREATE TABLE incident (
    id             TEXT    PRIMARY KEY,
    number         TEXT    NOT NULL UNIQUE,
    version        BIGINT  NOT NULL,
    status         TEXT    NOT NULL,
    title          TEXT    NOT NULL,
    lead_id        TEXT    NOT NULL,
    lead_no        TEXT    NOT NULL,
    item_name      TEXT    NOT NULL,
    item_name_en   TEXT    NOT NULL,
    priority       TEXT    NOT NULL,
    item_ids       TEXT    NOT NULL,
    place_id       TEXT    NOT NULL,
    place_name     TEXT    NOT NULL,
    asset_id       TEXT    NOT NULL,
    campus_id      TEXT    NOT NULL,
    department_id  TEXT    NOT NULL,
    team_id        TEXT    NOT NULL,
    everywhere     BOOLEAN NOT NULL,
    campus_ids     TEXT    NOT NULL,
    department_ids TEXT    NOT NULL,
    commander_id   TEXT    NOT NULL,
    commander_name TEXT    NOT NULL,
    plan_name_zh   TEXT    NOT NULL,
    plan_name_en   TEXT    NOT NULL,
    broadcast      BOOLEAN NOT NULL,
    notice         TEXT    NOT NULL,
    notice_at      BIGINT  NOT NULL,
    told           BIGINT  NOT NULL,
    expected_at    BIGINT  NOT NULL,
    update_due     BIGINT  NOT NULL,
    reminded       BIGINT  NOT NULL,
    urges          BIGINT  NOT NULL,
    solved         BIGINT  NOT NULL,
    to_solve       BIGINT  NOT NULL,
    cause          TEXT    NOT NULL,
    remedy         TEXT    NOT NULL,
    report         TEXT    NOT NULL,
    began_at       BIGINT  NOT NULL,
    declared_at    BIGINT  NOT NULL,
    declared_by    TEXT    NOT NULL,
    declared_name  TEXT    NOT NULL,
    mitigated_at   BIGINT  NOT NULL,
    resolved_at    BIGINT  NOT NULL,
    closed_at      BIGINT  NOT NULL,
    updated_at     BIGINT  NOT NULL
);
CREATE INDEX incident_running ON incident (declared_at) WHERE status IN ('open', 'mitigated');
CREATE TABLE incident_scope (
    incident_id   TEXT NOT NULL REFERENCES incident (id),
    campus_id     TEXT NOT NULL,
    department_id TEXT NOT NULL,
    PRIMARY KEY (incident_id, campus_id, department_id)
);
CREATE TABLE incident_entry (
    id          TEXT   PRIMARY KEY,
    incident_id TEXT   NOT NULL REFERENCES incident (id),
    key         TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    actor_id    TEXT   NOT NULL,
    actor_name  TEXT   NOT NULL,
    order_id    TEXT   NOT NULL,
    number      TEXT   NOT NULL,
    text        TEXT   NOT NULL,
    UNIQUE (incident_id, key)
);
CREATE TABLE incident_step (
    id          TEXT   PRIMARY KEY,
    incident_id TEXT   NOT NULL REFERENCES incident (id),
    position    BIGINT NOT NULL,
    title_zh    TEXT   NOT NULL,
    title_en    TEXT   NOT NULL,
    role_zh     TEXT   NOT NULL,
    role_en     TEXT   NOT NULL,
    owner_id    TEXT   NOT NULL,
    owner_name  TEXT   NOT NULL,
    due_at      BIGINT NOT NULL,
    overdue_at  BIGINT NOT NULL,
    done_at     BIGINT NOT NULL,
    done_by     TEXT   NOT NULL,
    done_name   TEXT   NOT NULL,
    note        TEXT   NOT NULL
);
CREATE INDEX incident_step_of ON incident_step (incident_id, position);
CREATE INDEX incident_step_due ON incident_step (due_at) WHERE due_at > 0 AND done_at = 0 AND overdue_at = 0;
CREATE TABLE incident_plan (
    id         TEXT    PRIMARY KEY,
    code       TEXT    NOT NULL,
    position   BIGINT  NOT NULL,
    active     BOOLEAN NOT NULL,
    version    BIGINT  NOT NULL,
    body       TEXT    NOT NULL,
    updated_at BIGINT  NOT NULL
);
CREATE UNIQUE INDEX incident_plan_code ON incident_plan (code) WHERE code <> '';
CREATE TABLE incident_suggestion (
    id           TEXT   PRIMARY KEY,
    cluster      TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    basis        TEXT   NOT NULL,
    item_id      TEXT   NOT NULL,
    item_name    TEXT   NOT NULL,
    item_name_en TEXT   NOT NULL,
    order_ids    TEXT   NOT NULL,
    first_at     BIGINT NOT NULL,
    last_at      BIGINT NOT NULL,
    reason       TEXT   NOT NULL,
    by_id        TEXT   NOT NULL,
    by_name      TEXT   NOT NULL,
    incident_id  TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    ended_at     BIGINT NOT NULL
);
CREATE UNIQUE INDEX incident_suggestion_open ON incident_suggestion (cluster) WHERE state = 'open';
CREATE INDEX incident_suggestion_ended ON incident_suggestion (cluster, ended_at);
CREATE TABLE incident_number (
    day  TEXT   PRIMARY KEY,
    next BIGINT NOT NULL
);
CREATE TABLE incident_settings (
    id      TEXT   PRIMARY KEY,
    version BIGINT NOT NULL,
    body    TEXT   NOT NULL
);
CREATE TABLE incident_cursor (
    id   TEXT   PRIMARY KEY,
    txid BIGINT NOT NULL,
    seq  BIGINT NOT NULL
);
