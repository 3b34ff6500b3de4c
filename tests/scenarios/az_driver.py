"""Runs under the interpreter of the Azure CLI: that program's own code, for many commands in one process.

Each line of standard input is a command's words as a JSON list; each line of standard output is how it went.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys

from azure.cli.core import get_default_cli

said = io.StringIO()


def run(words: list[str]) -> dict[str, object]:
    """Run one command as the program itself would."""
    said.seek(0)
    said.truncate()
    printed = io.StringIO()
    try:
        code = get_default_cli().invoke(words, out_file=printed)
    except SystemExit as ended:
        code = ended.code
    return {"code": code, "out": printed.getvalue(), "err": said.getvalue()}


answers = sys.stdout
with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), file=answers, flush=True)
