SELECT state FROM transaction WHERE agent_id = $1 AND provider_id = $2 AND provider_tx_id = $3 AND NOT is_cancel
