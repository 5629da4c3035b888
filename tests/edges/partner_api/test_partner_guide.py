"""The command lines of docs/partner.md, run as they stand there."""

import asyncio
import json
import os
import re
from pathlib import Path

from agent_stage import Stage
from pitboss.wire.partner_api import ErrorCode

GUIDE = (Path(__file__).parents[3] / "docs" / "partner.md").read_text("utf-8")


async def test_every_line_works(stage: Stage) -> None:
    [block] = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    lines = [line for line in block.splitlines() if not line.startswith("#")]
    commands = [
        command for command in re.split(r"\n(?=curl)", "\n".join(lines).replace("\\\n", " ")) if command.strip()
    ]
    assert len(commands) == 12
    given = {"BASE": str(stage.http.base_url).rstrip("/"), "KEY": stage.one.partner_api_key, "GAME": "pg_00001"}
    for command in commands:
        process = await asyncio.create_subprocess_exec(
            "bash", "-c", command, env={**os.environ, **given}, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
        assert "data" in json.loads(out), (command, out)


def test_every_code_that_can_come_is_listed() -> None:
    for code in ErrorCode:
        assert code.value in GUIDE, code
