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
    [block] = [found for found in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) if "$BASE" in found]
    commands = [line for line in block.replace("\\\n", " ").splitlines() if line.startswith("curl")]
    assert len(commands) == 9
    given = {"BASE": str(stage.http.base_url).rstrip("/"), "KEY": stage.one.external_api_key, "GAME": "pg_00001"}
    for command in commands:
        process = await asyncio.create_subprocess_exec(
            "bash", "-c", command, env={**os.environ, **given}, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
        assert json.loads(out)["ok"] is True, (command, out)


def test_every_code_that_can_come_is_listed() -> None:
    later = {
        code
        for code in ErrorCode
        if any(word in code for word in ("FREE_", "BONUS_", "BET_LIMIT", "ROUND_", "HISTORY_"))
    }
    later |= {ErrorCode.ALREADY_CANCELED, ErrorCode.GAME_NOT_SUPPORTED}
    for code in set(ErrorCode) - later:
        assert code.value in GUIDE, code
