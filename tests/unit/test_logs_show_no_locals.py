"""What any program of ours logs of an exception never holds local variables: tokens and secrets are among them."""

import subprocess
import sys

import pytest

_PROGRAM = """
import structlog
from {module} import {configure}
{configure}()
log = structlog.get_logger()

def sign(secret):
    raise RuntimeError("the signature failed")

try:
    sign("-".join(("hidden", "secret")))
except RuntimeError:
    log.exception("broken")
"""


@pytest.mark.parametrize(
    ("module", "configure"),
    [
        ("pitboss.log", "configure_logging"),
        ("pitboss_studio.server", "log_to_stderr"),
        ("pitboss_operator.server", "log_to_stderr"),
    ],
)
def test_a_logged_exception_shows_no_locals(module: str, configure: str) -> None:
    program = _PROGRAM.format(module=module, configure=configure)
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert "the signature failed" in ran.stderr
    assert "hidden-secret" not in ran.stderr + ran.stdout
