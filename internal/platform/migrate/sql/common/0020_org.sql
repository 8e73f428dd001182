-- owner: org
-- +goose Up
-- Its one row changes with every change of the directory: writers take it first, so
-- that trees are changed one after the other, and caches compare it.
CREATE TABLE org_stamp (
    name  TEXT   PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO org_stamp (name, value) VALUES ('directory', 0);
CREATE TABLE campus (
    id         TEXT    PRIMARY KEY,
    code       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    search     TEXT    NOT NULL,
    sort_key   TEXT    NOT NULL,
    active     BOOLEAN NOT NULL,
    version    BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL
);
CREATE UNIQUE INDEX campus_code ON campus (code) WHERE code <> '';
CREATE UNIQUE INDEX campus_name ON campus (name);
-- ancestry holds the ids from the top down to the row itself: /a/b/c/.
-- class and department_id are what holds at the place: its own, or else of the place above.
CREATE TABLE place (
    id                TEXT    PRIMARY KEY,
    campus_id         TEXT    NOT NULL REFERENCES campus (id),
    parent_id         TEXT    NOT NULL,
    kind              TEXT    NOT NULL CHECK (kind IN ('building', 'floor', 'room', 'bed', 'point')),
    code              TEXT    NOT NULL,
    name              TEXT    NOT NULL,
    full_name         TEXT    NOT NULL,
    ancestry          TEXT    NOT NULL,
    own_class         TEXT    NOT NULL,
    class             TEXT    NOT NULL,
    own_department_id TEXT    NOT NULL,
    department_id     TEXT    NOT NULL,
    level             BIGINT,
    x                 DOUBLE PRECISION,
    y                 DOUBLE PRECISION,
    public_report     BOOLEAN NOT NULL,
    report_code       TEXT    NOT NULL,
    search            TEXT    NOT NULL,
    path_search       TEXT    NOT NULL,
    sort_key          TEXT    NOT NULL,
    active            BOOLEAN NOT NULL,
    version           BIGINT  NOT NULL,
    created_at        BIGINT  NOT NULL,
    updated_at        BIGINT  NOT NULL
);
CREATE UNIQUE INDEX place_code ON place (code) WHERE code <> '';
CREATE UNIQUE INDEX place_name ON place (campus_id, parent_id, name);
CREATE UNIQUE INDEX place_report_code ON place (report_code);
CREATE INDEX place_parent ON place (parent_id, sort_key, id);
CREATE INDEX place_sort ON place (sort_key, id);
CREATE INDEX place_department ON place (department_id);
CREATE INDEX place_own_department ON place (own_department_id);
CREATE TABLE department (
    id            TEXT    PRIMARY KEY,
    campus_id     TEXT    NOT NULL,
    parent_id     TEXT    NOT NULL,
    code          TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    full_name     TEXT    NOT NULL,
    ancestry      TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    cost_center   TEXT    NOT NULL,
    liaison_id    TEXT    NOT NULL,
    phone         TEXT    NOT NULL,
    public_report BOOLEAN NOT NULL,
    search        TEXT    NOT NULL,
    path_search   TEXT    NOT NULL,
    sort_key      TEXT    NOT NULL,
    active        BOOLEAN NOT NULL,
    version       BIGINT  NOT NULL,
    created_at    BIGINT  NOT NULL,
    updated_at    BIGINT  NOT NULL
);
CREATE UNIQUE INDEX department_code ON department (code) WHERE code <> '';
CREATE UNIQUE INDEX department_name ON department (campus_id, parent_id, name);
CREATE INDEX department_parent ON department (parent_id, sort_key, id);
CREATE INDEX department_sort ON department (sort_key, id);
CREATE TABLE vendor (
    id         TEXT    PRIMARY KEY,
    code       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    contact    TEXT    NOT NULL,
    phone      TEXT    NOT NULL,
    note       TEXT    NOT NULL,
    search     TEXT    NOT NULL,
    sort_key   TEXT    NOT NULL,
    active     BOOLEAN NOT NULL,
    version    BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL
);
CREATE UNIQUE INDEX vendor_code ON vendor (code) WHERE code <> '';
CREATE UNIQUE INDEX vendor_name ON vendor (name);
CREATE TABLE team (
    id         TEXT    PRIMARY KEY,
    code       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    campus_id  TEXT    NOT NULL,
    vendor_id  TEXT    NOT NULL,
    lead_id    TEXT    NOT NULL,
    pool       BOOLEAN NOT NULL,
    calendar   TEXT    NOT NULL,
    search     TEXT    NOT NULL,
    sort_key   TEXT    NOT NULL,
    active     BOOLEAN NOT NULL,
    version    BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL
);
CREATE UNIQUE INDEX team_code ON team (code) WHERE code <> '';
CREATE UNIQUE INDEX team_name ON team (name);
CREATE TABLE skill (
    id         TEXT    PRIMARY KEY,
    code       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    search     TEXT    NOT NULL,
    sort_key   TEXT    NOT NULL,
    active     BOOLEAN NOT NULL,
    version    BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL
);
CREATE UNIQUE INDEX skill_code ON skill (code) WHERE code <> '';
CREATE UNIQUE INDEX skill_name ON skill (name);
CREATE TABLE person_skill (
    person_id TEXT   NOT NULL,
    skill_id  TEXT   NOT NULL REFERENCES skill (id),
    level     BIGINT NOT NULL,
    PRIMARY KEY (person_id, skill_id)
);
CREATE INDEX person_skill_skill ON person_skill (skill_id);
CREATE TABLE extension (
    id            TEXT    PRIMARY KEY,
    number        TEXT    NOT NULL,
    direct        TEXT    NOT NULL,
    label         TEXT    NOT NULL,
    department_id TEXT    NOT NULL,
    place_id      TEXT    NOT NULL,
    search        TEXT    NOT NULL,
    sort_key      TEXT    NOT NULL,
    active        BOOLEAN NOT NULL,
    version       BIGINT  NOT NULL,
    created_at    BIGINT  NOT NULL,
    updated_at    BIGINT  NOT NULL
);
CREATE UNIQUE INDEX extension_number ON extension (number);
CREATE UNIQUE INDEX extension_direct ON extension (direct) WHERE direct <> '';
CREATE INDEX extension_department ON extension (department_id);
CREATE INDEX extension_place ON extension (place_id);
CREATE TABLE duty (
    id         TEXT   PRIMARY KEY,
    team_id    TEXT   NOT NULL REFERENCES team (id),
    person_id  TEXT   NOT NULL,
    start_at   BIGINT NOT NULL,
    end_at     BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX duty_team ON duty (team_id, start_at, id);
CREATE INDEX duty_person ON duty (person_id, start_at);
-- A file that was looked at and waits to be applied.
CREATE TABLE org_import (
    id         TEXT   PRIMARY KEY,
    kind       TEXT   NOT NULL,
    person_id  TEXT   NOT NULL,
    file_name  TEXT   NOT NULL,
    language   TEXT   NOT NULL,
    columns    TEXT   NOT NULL,
    lines      TEXT   NOT NULL,
    plan       TEXT   NOT NULL,
    digest     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX org_import_expires ON org_import (expires_at);
