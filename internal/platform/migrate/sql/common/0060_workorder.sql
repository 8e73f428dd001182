-- owner: workorder
-- +goose Up
CREATE TABLE workorder (
    seq             @serial@,
    id              TEXT    NOT NULL UNIQUE,
    number          TEXT    NOT NULL UNIQUE,
    version         BIGINT  NOT NULL,
    status          TEXT    NOT NULL,
    open            BOOLEAN NOT NULL,
    channel         TEXT    NOT NULL,
    item_id         TEXT    NOT NULL,
    item_version    BIGINT  NOT NULL,
    item_code       TEXT    NOT NULL,
    item_name       TEXT    NOT NULL,
    item_name_en    TEXT    NOT NULL,
    symptom         TEXT    NOT NULL,
    words           TEXT    NOT NULL,
    form            TEXT    NOT NULL,
    priority        TEXT    NOT NULL,
    mode            TEXT    NOT NULL,
    aid_tools       TEXT    NOT NULL,
    wanted_at       BIGINT  NOT NULL,
    campus_id       TEXT    NOT NULL,
    department_id   TEXT    NOT NULL,
    department_name TEXT    NOT NULL,
    place_id        TEXT    NOT NULL,
    place_name      TEXT    NOT NULL,
    asset_id        TEXT    NOT NULL,
    asset_name      TEXT    NOT NULL,
    contact_name    TEXT    NOT NULL,
    contact_phone   TEXT    NOT NULL,
    reporter_id     TEXT    NOT NULL,
    creator_id      TEXT    NOT NULL,
    team_id         TEXT    NOT NULL,
    team_name       TEXT    NOT NULL,
    vendor_id       TEXT    NOT NULL,
    assignee_id     TEXT    NOT NULL,
    assignee_name   TEXT    NOT NULL,
    reported_at     BIGINT  NOT NULL,
    intake_at       BIGINT  NOT NULL,
    dispatched_at   BIGINT  NOT NULL,
    accepted_at     BIGINT  NOT NULL,
    arrived_at      BIGINT  NOT NULL,
    finished_at     BIGINT  NOT NULL,
    confirmed_at    BIGINT  NOT NULL,
    closed_at       BIGINT  NOT NULL,
    updated_at      BIGINT  NOT NULL,
    limits          TEXT    NOT NULL,
    respond_due     BIGINT  NOT NULL,
    arrive_due      BIGINT  NOT NULL,
    finish_due      BIGINT  NOT NULL,
    clock_start     BIGINT  NOT NULL,
    pauses          TEXT    NOT NULL,
    resume_to       TEXT    NOT NULL,
    hold_reason     TEXT    NOT NULL,
    hold_until      BIGINT  NOT NULL,
    next_check_at   BIGINT  NOT NULL,
    warned          TEXT    NOT NULL,
    overdue         TEXT    NOT NULL,
    urges           BIGINT  NOT NULL,
    reworks         BIGINT  NOT NULL,
    visits          BIGINT  NOT NULL,
    refusals        BIGINT  NOT NULL,
    level           BIGINT  NOT NULL,
    remote_solved   BOOLEAN NOT NULL,
    cause           TEXT    NOT NULL,
    remedy          TEXT    NOT NULL,
    labour          BIGINT  NOT NULL,
    parts           TEXT    NOT NULL,
    rating          TEXT    NOT NULL,
    call_back       TEXT    NOT NULL,
    call_back_try   BIGINT  NOT NULL,
    merged_into     TEXT    NOT NULL,
    batch_id        TEXT    NOT NULL,
    tasks           TEXT    NOT NULL
);
-- Ids sort by the moment of the report: every list is newest first by id.
CREATE INDEX workorder_status ON workorder (status, id);
CREATE INDEX workorder_team ON workorder (team_id, id);
CREATE INDEX workorder_department ON workorder (department_id, id);
CREATE INDEX workorder_assignee ON workorder (assignee_id, id) WHERE assignee_id <> '';
CREATE INDEX workorder_reporter ON workorder (reporter_id, id) WHERE reporter_id <> '';
CREATE INDEX workorder_asset ON workorder (asset_id, id) WHERE asset_id <> '';
CREATE INDEX workorder_place ON workorder (place_id, id) WHERE place_id <> '';
CREATE INDEX workorder_item ON workorder (item_id, id);
CREATE INDEX workorder_open ON workorder (id) WHERE open;
CREATE INDEX workorder_due ON workorder (finish_due, id) WHERE open;
CREATE INDEX workorder_reported ON workorder (reported_at);
CREATE INDEX workorder_check ON workorder (next_check_at) WHERE next_check_at > 0;
CREATE INDEX workorder_call_back ON workorder (id) WHERE call_back = 'due';
CREATE INDEX workorder_batch ON workorder (batch_id) WHERE batch_id <> '';

CREATE TABLE workorder_event (
    id          TEXT   PRIMARY KEY,
    order_id    TEXT   NOT NULL,
    seq         BIGINT NOT NULL,
    kind        TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    actor_id    TEXT   NOT NULL,
    actor_name  TEXT   NOT NULL,
    place_id    TEXT   NOT NULL,
    place_name  TEXT   NOT NULL,
    facts       TEXT   NOT NULL,
    UNIQUE (order_id, seq)
);

-- Teams and people that a task lets in, beside the order's own.
CREATE TABLE workorder_share (
    order_id  TEXT NOT NULL,
    team_id   TEXT NOT NULL,
    person_id TEXT NOT NULL,
    PRIMARY KEY (order_id, team_id, person_id)
);

-- Numbers are handed out in blocks, so that orders made at once do not wait for one row.
CREATE TABLE workorder_number (
    day  TEXT   PRIMARY KEY,
    next BIGINT NOT NULL
);

-- Links to big screens: what they show is limited to a campus when one is named.
CREATE TABLE workorder_screen (
    id         TEXT   PRIMARY KEY,
    name       TEXT   NOT NULL,
    hash       TEXT   NOT NULL UNIQUE,
    campus_id  TEXT   NOT NULL,
    created_by TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL
);
