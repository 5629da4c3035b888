"""The tables. Amounts are minor units as decimal text, the platform's ids text, since both outgrow 64 bits; times are UNIX ms, UTC.

`movements` only grows: a player's balance is the sum of their movements, and a transaction that was booked has exactly one
(and one more when it was canceled).
"""

SCHEMA = """
CREATE TABLE IF NOT EXISTS players (
    user_id TEXT PRIMARY KEY,
    user_name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    country TEXT NOT NULL,
    player_group TEXT,
    currency TEXT NOT NULL,
    scale INTEGER NOT NULL,
    balance TEXT NOT NULL DEFAULT '0',
    bet_limit TEXT,
    blocked INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS tokens (
    digest TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES players (user_id),
    game_id INTEGER,
    expires_at INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS disabled_games (
    game_id INTEGER PRIMARY KEY
);

CREATE TABLE IF NOT EXISTS rounds (
    user_id TEXT NOT NULL REFERENCES players (user_id),
    round_id TEXT NOT NULL,
    finished INTEGER NOT NULL,
    PRIMARY KEY (user_id, round_id)
);

CREATE TABLE IF NOT EXISTS transactions (
    transaction_id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES players (user_id),
    type TEXT NOT NULL CHECK (type IN ('BET', 'WIN', 'REFUND')),
    round_id TEXT NOT NULL,
    game_id INTEGER NOT NULL,
    currency TEXT NOT NULL,
    amount TEXT NOT NULL,
    promotional INTEGER NOT NULL,
    campaign_code TEXT,
    state TEXT NOT NULL CHECK (state IN ('ok', 'refused', 'canceled')),
    minor TEXT NOT NULL,
    balance_after TEXT NOT NULL,
    code TEXT,
    message TEXT,
    created_at INTEGER NOT NULL,
    canceled_at INTEGER
);
CREATE INDEX IF NOT EXISTS transactions_by_round ON transactions (user_id, round_id);

CREATE TABLE IF NOT EXISTS tombstones (
    transaction_id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES players (user_id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (transaction_id, user_id)
);

CREATE TABLE IF NOT EXISTS movements (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL REFERENCES players (user_id),
    kind TEXT NOT NULL,
    transaction_id TEXT,
    minor TEXT NOT NULL,
    balance_after TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS movements_by_transaction ON movements (transaction_id);
"""
