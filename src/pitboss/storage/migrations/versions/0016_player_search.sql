-- For the back office: an agent's newest players, and those who show a name. Play writes no player.
CREATE INDEX player_in_time ON player (agent_id, created_at, player_id);

CREATE INDEX player_shown ON player (agent_id, display_name COLLATE "C") WHERE display_name IS NOT NULL;
