"""`python -m pitboss_operator`: the operator's commands without the hub's."""

from pitboss_operator.cli import app

app(prog_name="pitboss operator")
