"""The tables. Amounts are plain decimal strings in the currency's units; times are UNIX milliseconds, UTC."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS players (
    id INTEGER PRIMARY KEY,
    mode TEXT NOT NULL CHECK (mode IN ('real', 'fun')),
    user_id TEXT NOT NULL,
    currency TEXT NOT NULL,
    name TEXT NOT NULL,
    balance TEXT NOT NULL,
    UNIQUE (mode, user_id, currency)
);

CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY,
    player_id INTEGER NOT NULL REFERENCES players (id),
    game_id INTEGER NOT NULL,
    token TEXT,
    language TEXT NOT NULL,
    device TEXT NOT NULL,
    home_url TEXT,
    deposit_url TEXT,
    ended TEXT,
    created_at INTEGER NOT NULL,
    UNIQUE (token, game_id)
);
CREATE INDEX IF NOT EXISTS sessions_by_player ON sessions (player_id, game_id);

CREATE TABLE IF NOT EXISTS seeds (
    id INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id),
    server_seed TEXT NOT NULL,
    client_seed TEXT NOT NULL,
    next_nonce INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL CHECK (state IN ('next', 'active', 'revealed'))
);
CREATE UNIQUE INDEX IF NOT EXISTS one_live_seed ON seeds (session_id, state) WHERE state IN ('next', 'active');

CREATE TABLE IF NOT EXISTS rounds (
    id INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id),
    player_id INTEGER NOT NULL REFERENCES players (id),
    game_id INTEGER NOT NULL,
    spin_id TEXT NOT NULL,
    state TEXT NOT NULL,
    currency TEXT NOT NULL,
    stake TEXT NOT NULL,
    selection TEXT NOT NULL,
    seed_id INTEGER NOT NULL REFERENCES seeds (id),
    nonce INTEGER NOT NULL,
    steps TEXT NOT NULL,
    step_count INTEGER NOT NULL,
    shown INTEGER NOT NULL,
    win TEXT NOT NULL,
    bet_transaction INTEGER NOT NULL UNIQUE,
    win_transaction INTEGER NOT NULL UNIQUE,
    balance_after_bet TEXT,
    balance_after TEXT,
    code TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    campaign_code TEXT,
    campaign_total INTEGER,
    campaign_left INTEGER,
    unfinished INTEGER NOT NULL AS (state IN ('bet_sent', 'bet_ok', 'win_sent', 'canceling')) VIRTUAL,
    UNIQUE (session_id, spin_id),
    UNIQUE (seed_id, nonce)
);
CREATE UNIQUE INDEX IF NOT EXISTS one_open_round ON rounds (player_id, game_id) WHERE unfinished;
CREATE INDEX IF NOT EXISTS rounds_by_player ON rounds (player_id, game_id, id);
CREATE INDEX IF NOT EXISTS features_left ON rounds (updated_at) WHERE state = 'bet_ok';
CREATE INDEX IF NOT EXISTS seeds_in_use ON rounds (seed_id) WHERE unfinished;

CREATE TABLE IF NOT EXISTS grants (
    campaign_code TEXT PRIMARY KEY,
    campaign_id TEXT NOT NULL UNIQUE,
    terms TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('free_spins', 'free_chips', 'golden_chips')),
    game_ids TEXT NOT NULL,
    count INTEGER NOT NULL CHECK (count > 0),
    bet_value TEXT NOT NULL,
    currency TEXT NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to INTEGER NOT NULL,
    canceled INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS grant_shares (
    campaign_code TEXT NOT NULL REFERENCES grants (campaign_code),
    user_id TEXT NOT NULL,
    over TEXT,
    PRIMARY KEY (user_id, campaign_code)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS shares_by_campaign ON grant_shares (campaign_code, user_id);

CREATE TABLE IF NOT EXISTS live_rounds (
    round_id INTEGER PRIMARY KEY REFERENCES rounds (id),
    secret TEXT NOT NULL,
    lasts_ms INTEGER NOT NULL,
    started_at INTEGER
);

CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY,
    round_id INTEGER NOT NULL REFERENCES rounds (id),
    kind TEXT NOT NULL CHECK (kind IN ('BET', 'WIN', 'CANCEL', 'CONFIRM')),
    body BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'refused')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_answer TEXT,
    UNIQUE (round_id, kind)
);
CREATE INDEX IF NOT EXISTS calls_due ON calls (due_at) WHERE state = 'pending';
"""

COLUMNS_FOR_CAMPAIGNS = """
BEGIN;
ALTER TABLE rounds ADD COLUMN campaign_code TEXT;
ALTER TABLE rounds ADD COLUMN campaign_total INTEGER;
ALTER TABLE rounds ADD COLUMN campaign_left INTEGER;
COMMIT;
"""
"""What a file from before there were grants does not have."""

INDEX_FOR_CAMPAIGNS = """
CREATE INDEX IF NOT EXISTS rounds_by_campaign ON rounds (campaign_code, player_id) WHERE campaign_code IS NOT NULL;
"""
