"""`python -m pitboss_studio`: the studio's commands without the hub's."""

from pitboss_studio.cli import app

app(prog_name="pitboss studio")
