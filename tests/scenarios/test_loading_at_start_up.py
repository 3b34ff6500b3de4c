"""The apps of the pages on loading at start-up: what they read, when, and how they hear of a change."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest
from apps_shown import (
    DJANGO,
    FASTAPI,
    FLASK,
    OVERVIEW,
    PLAIN,
    SERVERS,
    SIGNING_KEY,
    Served,
    Server,
    command_of,
    free_port,
    has_said,
    is_signed,
    ordered,
    owner,
    reads,
    refer_to_another_key,
    served,
    set_discount,
    set_sentinel,
    shown_in,
    signed,
    without,
)
from keyless_command import Project, wait_until

LOADED = Counter(
    {
        "AppConfiguration.GetKeyValues": 3,  # without a label, with this stage's, and the flags
        "AppConfiguration.GetKeyValue": 1,  # the sentinel
        "KeyVault.GetSecret": 1,
    }
)
"""What a start reads."""
RUN = ("run", "--offline", "--", sys.executable)
GUNICORN = Server.of(FLASK.page, "gunicorn", "app:create_app()", "--workers=2", port="--bind=127.0.0.1:{}")
NONSENSE = b"a setting makes no sense, the one before stays"
TOLD = "read at start-up: 3 lists of settings, 1 setting and 1 secret"
TIMED_OUT = "The provider timed out while attempting to load."
each_server = pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS)


def priced(text: str, *, express: bool = False) -> dict[str, object]:
    return {"price": text, "signature": signed(text), "express": express}


@each_server
def test_an_app_loads_once_and_answers_from_memory(project: Project, server: Server) -> None:
    shown_in(project, OVERVIEW, server.page)
    with served(project, server) as app:
        for _ in range(20):
            assert app.price() == priced("850 EUR")  # 15 % off, as it is labelled; not 10
    assert reads(project) == LOADED
    assert set(app.said) <= {TOLD}  # it says so of a run that went on for a while after its start


@each_server
def test_a_change_is_taken_up_with_the_sentinel_and_no_secret_is_read_again(
    project: Project, server: Server
) -> None:
    shown_in(project, OVERVIEW, server.page)
    with served(project, server, SETTINGS_REFRESH_S="1") as app:
        set_discount(project, "20")
        wait_until(lambda: _asked_again(app), "the sentinel is asked for again")
        assert app.price() == priced("850 EUR")
        set_sentinel(project, "2")
        wait_until(lambda: app.price() == priced("800 EUR"), "the change is taken up")
    assert reads(project)["KeyVault.GetSecret"] == 1
    assert not [line for line in app.said if "again and again" in line]


def _asked_again(app: Served, times: int = 3) -> bool:
    """Whether the sentinel was asked for some times; an app of requests looks with each."""
    app.price()
    return reads(app.project)["AppConfiguration.GetKeyValue"] >= times


def test_a_worker_loads_once_and_takes_up_a_change_with_the_sentinel(project: Project) -> None:
    shown_in(project, OVERVIEW, PLAIN)
    with project.running(*RUN, "worker.py", env={"SETTINGS_REFRESH_S": "1"}) as worker:
        assert ordered(worker) == "pen 850 EUR"
        set_discount(project, "a fifth")
        set_sentinel(project, "2")
        wait_until(lambda: ordered(worker) == "pen 850 EUR" and has_said(worker, NONSENSE), "it is told")
        set_discount(project, "20")
        set_sentinel(project, "3")
        wait_until(lambda: ordered(worker) == "pen 800 EUR", "the change is taken up")
        assert worker.end().code == 0
    assert reads(project)["KeyVault.GetSecret"] == 1


def test_a_reference_to_another_secret_is_followed_at_the_next_refresh_with_one_read(
    project: Project,
) -> None:
    shown_in(project, OVERVIEW, PLAIN)
    with project.running(*RUN, "worker.py", env={"SETTINGS_REFRESH_S": "1"}) as worker:
        assert ordered(worker) == "pen 850 EUR"
        refer_to_another_key(project, "in turns")
        set_sentinel(project, "2")
        wait_until(lambda: is_signed(worker, "in turns"), "the other secret is taken up")
        worker.end()
    assert reads(project)["KeyVault.GetSecret"] == 2


REREADING = """
import hashlib, hmac, os, sys
from azure.appconfiguration.provider import SettingSelector, WatchKey, load
from azure.identity import DefaultAzureCredential
credential = DefaultAzureCredential()
settings = load(
    endpoint=os.environ["APPCONFIG_ENDPOINT"], credential=credential, keyvault_credential=credential,
    selects=[SettingSelector(key_filter="orders:*")], refresh_on=[WatchKey("orders:sentinel")],
    refresh_interval=3600, secret_refresh_interval=1,
)
for line in sys.stdin:
    settings.refresh()
    key = settings["orders:signingKey"].encode()
    print(line.strip(), hmac.new(key, line.strip().encode(), hashlib.sha256).hexdigest(), flush=True)
"""


def test_secrets_are_read_again_by_the_clock_where_that_is_asked_for(project: Project) -> None:
    shown_in(project, OVERVIEW)
    with project.running(*RUN, "-c", REREADING) as worker:
        assert ordered(worker) == "pen 2 500"
        owner(project, "secret", "set", "contoso-orders", "signing-key", stdin="rotated")
        wait_until(lambda: is_signed(worker, "rotated"), "the new version is read")
        assert worker.end().code == 0
    assert reads(project)["KeyVault.GetSecret"] > 1
    assert reads(project)["AppConfiguration.GetKeyValues"] == 1


def test_each_worker_of_gunicorn_loads_by_itself(project: Project) -> None:
    shown_in(project, OVERVIEW, FLASK.page)
    with served(project, GUNICORN) as app:
        wait_until(lambda: _has_loaded(app, 2), "both workers have loaded")
    assert reads(project) == Counter({what: 2 * times for what, times in LOADED.items()})


def test_a_preloaded_app_loads_once_for_all_workers(project: Project) -> None:
    shown_in(project, OVERVIEW, FLASK.page)
    with served(project, GUNICORN._replace(command=(*GUNICORN.command, "--preload"))) as app:
        for _ in range(20):
            assert app.price() == priced("850 EUR")
    assert reads(project) == LOADED


def _has_loaded(app: Served, times: int) -> bool:
    """Whether the sentinel, which is read last, was read this often."""
    return reads(app.project)["AppConfiguration.GetKeyValue"] == times


def test_commands_of_django_that_serve_nobody_need_no_store(project: Project) -> None:
    shown_in(project, OVERVIEW, DJANGO.page)
    check = [sys.executable, "manage.py", "check"]
    ran = subprocess.run([*check, "--settings=orders.base"], cwd=project.root, check=False, env={})
    assert ran.returncode == 0
    assert project(*RUN, *check[1:]).code == 0
    assert reads(project) == LOADED


def test_a_class_of_pydantic_is_filled_from_a_vault_with_one_read_of_each_secret(project: Project) -> None:
    shown_in(project, OVERVIEW, PLAIN)
    ran = project(*RUN, "secrets_of_vault.py")
    hidden = "signing_key=SecretStr('**********') db_password=SecretStr('**********')"
    assert ran.out == f"{len(SIGNING_KEY)} {hidden}\n", ran.err
    assert reads(project) == Counter({"KeyVault.GetSecrets": 1, "KeyVault.GetSecret": 2})


def test_a_worker_that_may_not_read_ends_with_the_error_that_is_promised(project: Project) -> None:
    shown_in(project, OVERVIEW, PLAIN)
    without(project, "App Configuration Data Reader")
    ran = project(*RUN, "worker.py")
    assert ran.code == 1
    assert f"TimeoutError: [Errno {TIMED_OUT}] [" in ran.err
    assert "keyless: denied: orders-web" in ran.err


@each_server
def test_a_server_that_may_not_read_ends_and_serves_nothing(project: Project, server: Server) -> None:
    shown_in(project, OVERVIEW, server.page)
    without(project, "Key Vault Secrets User")
    ran = project(*command_of(server, free_port()))
    assert ran.code == ENDED[server.page]
    assert TIMED_OUT in ran.err


ENDED = {FLASK.page: 1, FASTAPI.page: 3, DJANGO.page: 3}
"""The exit code of each server whose app does not start."""
