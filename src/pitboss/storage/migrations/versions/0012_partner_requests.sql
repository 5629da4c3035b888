-- Which answers are older than the worker keeps them.
CREATE INDEX partner_request_in_time ON partner_request (agent_id, at);

GRANT DELETE ON partner_request TO pitboss_worker;
