SELECT balance + bonus_balance, currency FROM wallet WHERE agent_id = $1 AND user_in_game = $2
