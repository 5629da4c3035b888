"""What a command line leaves, and the installed program run in a process of its own."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple


class Done(NamedTuple):
    """What a command left: exit code, standard output and error."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """The object it printed; the command must have gone well."""
        assert self.code == 0, self.err
        return json.loads(self.out)

    def mistake(self) -> str:
        """The one line that says what the person did wrong."""
        assert self.code not in (0, None)
        assert self.out == ""
        [line] = self.err.splitlines()
        assert line.startswith("pitboss: ")
        return line.removeprefix("pitboss: ")


Cli = Callable[..., Done]


async def in_a_process(*arguments: object, env: dict[str, str] | None = None, stdin: bytes = b"") -> Done:
    """The installed program in a process of its own."""
    program = str(Path(sys.executable).with_name("pitboss"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PITBOSS_")} | (env or {})
    process = await asyncio.create_subprocess_exec(
        program, *map(str, arguments), env=environment,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(stdin), 60)
    assert process.returncode is not None
    return Done(process.returncode, out.decode(), err.decode())
