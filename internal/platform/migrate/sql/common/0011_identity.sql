-- owner: identity
-- +goose Up
-- name_keys finds a person by name alone, search also by numbers and login; sort_name is the name as it is spelled in pinyin.
-- A password of '' means that nobody can sign in with one; password_until is the end of a one-time password, 0 for none.
-- Raising version makes every replica resolve anew what the person may do.
CREATE TABLE person (
    id             TEXT    PRIMARY KEY,
    name           TEXT    NOT NULL,
    staff_no       TEXT    NOT NULL,
    login          TEXT    NOT NULL,
    phone          TEXT    NOT NULL,
    email          TEXT    NOT NULL,
    title          TEXT    NOT NULL,
    campus_id      TEXT    NOT NULL,
    department_id  TEXT    NOT NULL,
    vendor_id      TEXT    NOT NULL,
    language       TEXT    NOT NULL CHECK (language IN ('', 'zh', 'en')),
    name_keys      TEXT    NOT NULL,
    search         TEXT    NOT NULL,
    sort_name      TEXT    NOT NULL,
    active         BOOLEAN NOT NULL,
    password       TEXT    NOT NULL,
    password_until BIGINT  NOT NULL,
    must_change    BOOLEAN NOT NULL,
    totp_secret    TEXT    NOT NULL,
    totp_pending   TEXT    NOT NULL,
    totp_step      BIGINT  NOT NULL,
    version        BIGINT  NOT NULL,
    created_at     BIGINT  NOT NULL,
    updated_at     BIGINT  NOT NULL
);
CREATE UNIQUE INDEX person_login ON person (login) WHERE login <> '';
CREATE UNIQUE INDEX person_staff_no ON person (staff_no) WHERE staff_no <> '';
CREATE INDEX person_department ON person (department_id);
CREATE INDEX person_sort ON person (sort_name, id);
CREATE TABLE person_team (
    person_id TEXT    NOT NULL REFERENCES person (id),
    team_id   TEXT    NOT NULL,
    lead      BOOLEAN NOT NULL,
    PRIMARY KEY (person_id, team_id)
);
CREATE INDEX person_team_team ON person_team (team_id);
CREATE TABLE role (
    id          TEXT    PRIMARY KEY,
    name_zh     TEXT    NOT NULL,
    name_en     TEXT    NOT NULL,
    builtin     BOOLEAN NOT NULL,
    permissions TEXT    NOT NULL,
    version     BIGINT  NOT NULL
);
-- scope_id names the campus, department, team or vendor; empty means the person's own.
CREATE TABLE role_grant (
    id         TEXT PRIMARY KEY,
    person_id  TEXT NOT NULL REFERENCES person (id),
    role_id    TEXT NOT NULL REFERENCES role (id),
    scope_kind TEXT NOT NULL CHECK (scope_kind IN ('all', 'campus', 'department', 'team', 'vendor', 'own')),
    scope_id   TEXT NOT NULL,
    UNIQUE (person_id, role_id, scope_kind, scope_id)
);
CREATE INDEX role_grant_role ON role_grant (role_id);
-- id is the SHA-256 of the cookie's secret. stage is what is still missing: '' nothing, 'totp' a code, 'password' a new password.
CREATE TABLE session (
    id          TEXT    PRIMARY KEY,
    person_id   TEXT    NOT NULL REFERENCES person (id),
    kept        BOOLEAN NOT NULL,
    stage       TEXT    NOT NULL CHECK (stage IN ('', 'totp', 'password')),
    user_agent  TEXT    NOT NULL,
    ip          TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    seen_at     BIGINT  NOT NULL,
    expires_at  BIGINT  NOT NULL
);
CREATE INDEX session_person ON session (person_id);
CREATE INDEX session_expires ON session (expires_at);
CREATE TABLE recovery_code (
    person_id TEXT   NOT NULL REFERENCES person (id),
    hash      TEXT   NOT NULL,
    used_at   BIGINT NOT NULL,
    PRIMARY KEY (person_id, hash)
);
CREATE TABLE api_token (
    id          TEXT   PRIMARY KEY,
    person_id   TEXT   NOT NULL REFERENCES person (id),
    name        TEXT   NOT NULL,
    hash        TEXT   NOT NULL UNIQUE,
    permissions TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    used_at     BIGINT NOT NULL,
    revoked_at  BIGINT NOT NULL
);
CREATE INDEX api_token_person ON api_token (person_id);
-- Failures are counted by the name tried, whether an account has it or not, and by address.
CREATE TABLE login_failure (
    key     TEXT   PRIMARY KEY,
    count   BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    until   BIGINT NOT NULL
);
CREATE INDEX login_failure_last ON login_failure (last_at);
