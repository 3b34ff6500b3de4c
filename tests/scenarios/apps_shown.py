"""The apps that pages of the documentation show, as files and as servers that run under `keyless run`."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import select
import signal
import socket
import sys
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, NamedTuple

from click.testing import CliRunner
from keyless_command import Project, Running, wait_until
from tests.unit.documents import document

from keyless.app import open_evidence
from keyless.cli.main import command
from keyless.runtime.project import Project as State

_NAME = re.compile(r"# ([\w/]+\.\w+)\n")
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
OVERVIEW = "load-configuration-at-start-up"
PLAIN = "load-at-start-up-in-plain-python"
REFERENCE = "application/vnd.microsoft.appconfig.keyvaultref+json;charset=utf-8"
SIGNING_KEY = "battery staple"
GIVEN = {
    "APPCONFIG_ENDPOINT": "https://contoso-orders.azconfig.io",
    "VAULT_URL": "https://contoso-orders.vault.azure.net",
    "ORDERS_SIGNING_KEY": SIGNING_KEY,
    "ORDERS_DB_PASSWORD": "correct horse",
    "SETTINGS_REFRESH_S": "3600",
    "SETTINGS_START_UP_S": "1",
}
"""What the pages take from the environment; nothing is refreshed, and a start fails soon."""


def files_shown(page: str) -> dict[str, str]:
    """The files that a page shows: blocks of code whose first line is a comment with a file's name."""
    blocks = (block.text for block in document(f"docs/how-to/{page}.md").blocks)
    return {found[1]: text for text in blocks if (found := _NAME.match(text))}


def shown_in(project: Project, *pages: str) -> Project:
    """A project with the files of these pages."""
    for page in pages:
        for name, text in files_shown(page).items():
            file = project.root / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
    project.environment |= GIVEN
    return project


def owner(project: Project, *arguments: str, stdin: str = "") -> None:
    """Have a command of `keyless` change the project's world, in this process: starting one takes longer."""
    given = [*arguments, "--project", str(project.root)]
    done = CliRunner().invoke(command, given, input=stdin, env=project.environment, catch_exceptions=False)
    assert done.exit_code == 0, done.output


def set_discount(project: Project, percent: str) -> None:
    """Change the discount of this stage; nobody is told of it before the sentinel changes."""
    owner(project, "setting", "set", "contoso-orders", "orders:discountPercent", percent, "--label", "prod")


def set_sentinel(project: Project, value: str) -> None:
    """Say that something has changed."""
    owner(project, "setting", "set", "contoso-orders", "orders:sentinel", value)


def refer_to_another_key(project: Project, key: str) -> None:
    """Put a second signing key into the vault, and let the setting refer to that."""
    owner(project, "secret", "set", "contoso-orders", "signing-key-2", stdin=key)
    other = json.dumps({"uri": f"{GIVEN['VAULT_URL']}/secrets/signing-key-2"})
    owner(
        project, "setting", "set", "contoso-orders", "orders:signingKey", other, "--content-type", REFERENCE
    )


class Server(NamedTuple):
    """How an app of a page is served: its page, and the command without the port."""

    page: str
    command: tuple[str, ...]
    port: str

    @classmethod
    def of(cls, page: str, *command: str, port: str = "--port={}") -> Server:
        """A server of a Python module."""
        return cls(page, (sys.executable, "-m", *command), port)


FLASK = Server.of("load-at-start-up-in-flask", "flask", "run")
FASTAPI = Server.of("load-at-start-up-in-fastapi", "uvicorn", "main:app")
DJANGO = Server.of("load-at-start-up-in-django", "gunicorn", "orders.wsgi", port="--bind=127.0.0.1:{}")
SERVERS = {"flask": FLASK, "fastapi": FASTAPI, "django": DJANGO}


class Served:
    """An app that is served, and the project that it runs in."""

    def __init__(self, project: Project, port: int) -> None:
        self.project = project
        self.said: list[str] = []
        """What Keyless has said in the end."""
        self._address = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> Any:
        """What a path answers."""
        with _DIRECT.open(self._address + path, timeout=30) as answer:
            return json.load(answer)

    def price(self) -> dict[str, Any]:
        """What two pens of five euros cost."""
        return dict(self.get("/price?quantity=2&price=500"))

    def is_up(self, running: Running) -> bool:
        """Whether it answers; it must not have ended."""
        assert running.popen.poll() is None, running.end().err
        with suppress(urllib.error.URLError, ConnectionError):
            return bool(self.get("/healthz"))
        return False


def command_of(server: Server, port: int) -> list[str]:
    """The arguments of `keyless` that serve an app."""
    return ["run", "--offline", "--", *server.command, server.port.format(port)]


@contextmanager
def served(project: Project, server: Server, **env: str) -> Iterator[Served]:
    """An app that serves, until the block ends."""
    port = free_port()
    with project.running(*command_of(server, port), env=env) as running:
        app = Served(project, port)
        wait_until(lambda: app.is_up(running), "the app answers")
        yield app
        running.popen.send_signal(signal.SIGTERM)
        app.said = running.end().said


def reads(project: Project) -> Counter[str]:
    """How often each operation was allowed so far, by its id; a running plane is up to a second behind."""
    with closing(open_evidence(State(project.root, project.state))) as evidence:
        counted: Counter[str] = Counter()
        for one in evidence.observations():
            counted[one.operation] += one.count
        return counted


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def signed(text: str, key: str = SIGNING_KEY) -> str:
    """The signature of an app that has this key."""
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def ordered(worker: Running) -> str:
    """What the worker says of an order, which must be signed with the declared key."""
    text, signature = _answer(worker)
    assert signature == signed(text)
    return text


def is_signed(worker: Running, key: str) -> bool:
    """Whether the worker signs with this key now, and not with the declared one still."""
    text, signature = _answer(worker)
    assert signature in {signed(text), signed(text, key)}
    return signature == signed(text, key)


def has_said(running: Running, text: bytes) -> bool:
    """Whether a command has said this on standard error since this was asked last."""
    stderr = running.popen.stderr
    return bool(select.select([stderr], [], [], 0)[0]) and text in os.read(stderr.fileno(), 65536)


def _answer(worker: Running) -> tuple[str, str]:
    worker.tell("pen 2 500")
    text, _, signature = worker.line().rpartition(" ")
    return text, signature


def without(project: Project, role: str) -> None:
    """Take a role from the estate of the pages."""
    lines = project.estate.read_text().splitlines(keepends=True)
    kept = [line for line in lines if f"role: {role}," not in line]
    assert len(kept) == len(lines) - 1
    project.estate.write_text("".join(kept))
