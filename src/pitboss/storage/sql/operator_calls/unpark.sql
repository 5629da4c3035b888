-- A parked call is under way again. Its wait begins anew: whoever asks for it believes that the reason is gone.
UPDATE operator_call
SET phase = $6, due = $7, asked_at = $7, taken_until = $8, tries = 0
WHERE agent_id = $1 AND wallet_id = $2 AND provider_id = $3 AND kind = $4 AND subject = $5 AND phase = 'parked'
