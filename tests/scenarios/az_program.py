"""A program called `az` for scripts: every command of theirs goes to one running Azure CLI.

Each start of the Azure CLI takes a second; a script of twenty commands would spend most of its time on that.
"""

from __future__ import annotations

import json
import socketserver
import sys
import threading
from pathlib import Path

from azure_cli import Session

_PROGRAM = """\
#!{python} -IS
import json, socket, sys
with socket.socket(socket.AF_UNIX) as there:
    there.connect({address!r})
    there.sendall(json.dumps(sys.argv[1:]).encode() + b"\\n")
    answer = json.loads(there.makefile().read())
sys.stdout.write(answer["out"])
sys.stderr.write(answer["err"])
sys.exit(answer["code"])
"""


class AzProgram:
    """The program, in a directory of its own; the commands that were run are kept in `ran`."""

    def __init__(self, session: Session, folder: Path) -> None:
        self.folder = folder
        self.ran: list[list[str]] = []
        folder.mkdir()
        program = folder / "az"
        address = str(folder / "s")
        program.write_text(_PROGRAM.format(python=sys.executable, address=address))
        program.chmod(0o700)
        ran = self.ran

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                words = json.loads(self.rfile.readline())
                ran.append(words)
                self.wfile.write(json.dumps(session.exactly(words)).encode())

        self._server = socketserver.UnixStreamServer(address, Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        (self.folder / "s").unlink()
