"""A vault's writer, killed at random moments: what it leaves, and that whatever is wrong would be seen."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bench.kills.campaign import Campaign
from bench.kills.kinds import key_bytes, private_key, value
from bench.kills.model import NAMES, Held, Operation, State, Version, after
from bench.kills.reader import same
from bench.kills.traces import forms, found_in
from bench.kills.writer import heard
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

ROOT = Path(__file__).parents[3]
KILLS = os.environ.get("KEYLESS_KILLS", "60")
MARKER = "planted0123456789abcdef"


def test_no_acknowledged_write_is_lost_none_is_half_there_and_no_secret_is_in_any_file() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "bench.kills", KILLS, "7"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    report = json.loads(ran.stdout)
    assert report["failures"] == []
    assert report["kills"] == int(KILLS)
    assert report["acknowledged"] > report["kills"] / 2
    assert report["under_way"] > report["kills"] / 2
    assert report["files"] >= 6  # both databases with their write-ahead logs, the root key, the log


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """A campaign that has not begun."""
    return Campaign(tmp_path_factory.mktemp("killed"), 1)


def test_a_write_that_was_lost_is_seen(campaign: Campaign) -> None:
    lost = State({"secrets/amber": Held((Version(1),))})
    campaign._judge(lost, None)
    assert "expected" in campaign.report.failures.pop()


def test_an_operation_under_way_is_there_or_not(campaign: Campaign) -> None:
    campaign._judge(State(), Operation("set", "secrets/amber", 1))
    assert campaign.report.failures == []


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("write", ["plain", "hex", "utf-16-le", "utf-16-be", "base64", "base64url"])
def test_a_secret_is_found_in_whatever_form_it_is_written(tmp_path: Path, write: str, before: str) -> None:
    text = f"{before}{value(MARKER, 1)}"
    written = {
        "plain": text.encode(),
        "hex": text.encode().hex().encode(),
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "base64": base64.b64encode(text.encode()),
        "base64url": base64.urlsafe_b64encode(text.encode()),
    }[write]
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "store.db-wal").write_bytes(os.urandom(5_000) + written + os.urandom(5_000))
    (tmp_path / "clean").write_bytes(os.urandom(5_000))
    assert found_in(tmp_path, forms(MARKER)) == [str(tmp_path / "below" / "store.db-wal")]


def test_the_bytes_of_a_key_are_found_in_the_form_that_it_is_brought_in_in(tmp_path: Path) -> None:
    written = base64.urlsafe_b64encode(key_bytes(MARKER, 42))
    assert len(base64.urlsafe_b64decode(written)) == 32
    (tmp_path / "store.db").write_bytes(b'{"k":"' + written + b'"}')
    assert found_in(tmp_path, forms(MARKER)) == [str(tmp_path / "store.db")]


@pytest.mark.parametrize("encoding", [Encoding.DER, Encoding.PEM])
def test_the_private_key_of_a_certificate_is_found_in_both_its_forms(
    tmp_path: Path, encoding: Encoding
) -> None:
    key = private_key(MARKER, 42)
    (tmp_path / "store.db").write_bytes(key.private_bytes(encoding, PrivateFormat.PKCS8, NoEncryption()))
    assert found_in(tmp_path, forms(MARKER)) == [str(tmp_path / "store.db")]


def test_what_a_writer_said_is_cut_off_where_it_died() -> None:
    said = b'?["set", "amber", 1]\n!\n?["set", "beryl", 2]\n!\n?["delete", "amber", 3]\n?["pur'
    assert list(heard(said)) == [
        (Operation("set", "amber", 1), True),
        (Operation("set", "beryl", 2), True),
        (Operation("delete", "amber", 3), False),
    ]


def test_the_states_that_operations_lead_to_are_told_apart() -> None:
    state, seen = State(), [State()]
    for number, verb in enumerate(
        ("set", "set", "update", "backup", "delete", "recover", "delete", "purge"), 1
    ):
        state = after(state, Operation(verb, NAMES[0], number))
        seen.append(state)
    assert seen[2].objects[NAMES[0]] == Held((Version(1), Version(2)))
    assert seen[3].objects[NAMES[0]] == Held((Version(1), Version(2, 3)))
    assert seen[5].objects[NAMES[0]].deleted
    assert same(seen[6], seen[4])
    assert not same(seen[6], seen[5])
    assert after(seen[8], Operation("restore", NAMES[0], 9)).objects == seen[4].objects
    assert seen[8].objects == {}
