"""What `keyless run` says of an app's reads: those at its start, and those that come with each request.

The app is a small one on Flask and the official clients; a worker that serves nothing stands beside it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sdk_estates import DATA_READER, ENDPOINT, ON_STORE, ON_VAULT, SECRETS_USER, VAULT_URL, one_web_app
from sdk_site import PROGRAMS, Ran, Site, neutral_environment

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
SETTINGS = '- {key: colour, value: blue}\n- {key: sentinel, value: "1"}'
LIMIT_S = 60


@pytest.fixture
def orders(site: Site) -> Site:
    site.declare(
        one_web_app((SECRETS_USER, ON_VAULT), (DATA_READER, ON_STORE), secrets="db: hello", settings=SETTINGS)
    )
    return site


Serve = Callable[[str, int], Ran]


@pytest.fixture
def serve(orders: Site) -> Iterator[Serve]:
    """Runs the app, and asks it so many times once it has been seen to serve."""
    running: list[subprocess.Popen[str]] = []

    def run(way: str, times: int) -> Ran:
        app = subprocess.Popen(
            orders.keyless((sys.executable, str(PROGRAMS / "served_settings.py"), way)),
            env=neutral_environment() | {"STORE_ENDPOINT": ENDPOINT, "VAULT_URL": VAULT_URL},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(app)
        address = f"http://127.0.0.1:{app.stdout.readline().strip()}/"
        watching = threads_of(app)
        for number in range(times):
            assert json.load(DIRECT.open(address, timeout=LIMIT_S))["colour"] == "blue"
            if number == 0:
                wait_until(lambda: threads_of(app) < watching)
        out, err = app.communicate(timeout=LIMIT_S)
        return Ran(app.returncode, out, err)

    yield run
    for app in running:
        app.kill()


def threads_of(running: subprocess.Popen[str]) -> int:
    """How many threads a process has; of `keyless run` one ends when the app has been seen to serve."""
    return len(list(Path(f"/proc/{running.pid}/task").iterdir()))


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for something that comes soon, on a machine that is as busy as it likes."""
    ends = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


def said(ran: Ran) -> list[str]:
    """What Keyless said."""
    assert ran.code == 0, ran.stderr
    return [
        line.removeprefix("keyless: ") for line in ran.stderr.splitlines() if line.startswith("keyless: ")
    ]


def later(site: Site) -> dict[str, dict[str, Any]]:
    """What was recorded of later reads, by the last part of its scope."""
    lines = (json.loads(line) for line in asked(site, "evidence", "show", "--json").splitlines())
    return {one["scope"].rpartition("/")[2]: one for one in lines if one.get("record") == "later-reads"}


def asked(site: Site, *command: str) -> str:
    keyless = [sys.executable, "-m", "keyless.cli.main", *command, "--project", str(site.root)]
    return subprocess.run(keyless, capture_output=True, text=True, check=True, timeout=LIMIT_S).stdout


def test_an_app_that_loads_at_its_start_hears_what_it_has_read_and_no_more(
    orders: Site, serve: Serve
) -> None:
    assert said(serve("start", 15)) == ["read at start-up: 1 list of settings and 1 secret"]
    assert later(orders) == {}


def test_an_app_that_reads_for_each_request_is_told_what_and_how_often(orders: Site, serve: Serve) -> None:
    ran = serve("request", 16)
    lines = [line for line in said(ran) if line.startswith("read again and again: ")]
    for what in ("listed store `contoso-orders`", "read secret `db` of vault `contoso-orders`"):
        assert any(f"orders-web has {what}" in line and "times in this run" in line for line in lines), lines
    recorded = later(orders)
    assert recorded.keys() == {"contoso-orders", "db"}
    for one in recorded.values():
        assert one["atStart"] + one["later"] == 17  # a start, and 16 requests
        assert (one["later"] >= 15, one["checks"], one["again"], one["runs"]) == (True, 0, 1, 1)
    assert "later, again and again  orders-web  secret `db`" in asked(orders, "evidence", "show")
    plan = json.loads(asked(orders, "plan", "--format", "json"))
    assert [(one["kind"], one["name"], one["loadAtStartUp"]) for one in plan["reads"]] == [
        ("list of settings", "contoso-orders", True),
        ("secret", "db", True),
    ]


def test_looking_for_changes_by_etags_is_not_blamed(orders: Site, serve: Serve) -> None:
    first, *rest = said(serve("etag", 30))
    assert first == "read at start-up: 1 list of settings, 1 setting and 1 secret"
    assert rest[-1] == "looked 60 times whether settings have changed: they had not"
    assert not any("again and again" in line for line in rest)
    assert {name: (one["checks"], one["again"]) for name, one in later(orders).items()} == {
        "contoso-orders": (30, 0),
        "sentinel": (30, 0),
    }
    plan = json.loads(asked(orders, "plan", "--format", "json"))
    assert [one for one in plan["reads"] if "setting" in one["kind"]] == []


WORKER = """
import os
from azure.identity import ManagedIdentityCredential
from azure.keyvault.secrets import SecretClient
vault = SecretClient(os.environ["VAULT_URL"], ManagedIdentityCredential())
for message in range(15):
    vault.get_secret("db")
"""


def test_a_worker_that_serves_nothing_is_told_too(orders: Site, tmp_path: Path) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text(WORKER)
    lines = said(orders.run(sys.executable, str(worker), env={"VAULT_URL": VAULT_URL}))
    assert lines[0].startswith(
        "read again and again: orders-web has read secret `db` of vault `contoso-orders`"
    )
    assert later(orders)["db"]["again"] == 1
