"""The command lines of docs/operators.md, run as they stand there."""

import asyncio
import json
import os
import re
from pathlib import Path

from agent_stage import Stage
from pitboss.wire.agent_api import ErrorCode

GUIDE = (Path(__file__).parents[3] / "docs" / "operators.md").read_text("utf-8")


async def test_every_line_works(stage: Stage) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    text = "\n".join(block for block in blocks if "$BASE" in block).replace("\\\n", " ")
    commands = [line for line in text.splitlines() if line.startswith("curl")]
    assert len(commands) == 10
    given = {
        "BASE": str(stage.http.base_url).rstrip("/"), "KEY": stage.one.external_api_key, "GAME": "pg_00001",
        "OPERATOR_ID": stage.one.operator_id, "SECRET": stage.one.secret_key,
    }  # fmt: skip
    for command in commands:
        process = await asyncio.create_subprocess_exec(
            "bash", "-c", command, env={**os.environ, **given}, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
        told = json.loads(out)
        assert told.get("ok") is True or len(told["games"]) == 3, (command, out)


def test_every_code_that_can_come_is_listed() -> None:
    for code in ErrorCode:
        assert code.value in GUIDE, code
