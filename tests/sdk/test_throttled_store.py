"""azure-appconfiguration and its provider at a quota and a rate: told with 429, and through in time."""

from __future__ import annotations

import subprocess
import sys
import time

from sdk_estates import DATA_READER, ON_STORE, PLACES, one_web_app
from sdk_site import Site

DAY_S = 86_400
READS = 5
TOLD = {
    "type": "https://azconfig.io/errors/too-many-requests",
    "title": "Resource utilization has surpassed the assigned quota",
    "status": 429,
}


def declare(site: Site, sku: str) -> None:
    """An estate whose web app may read its store."""
    text = one_web_app((DATA_READER, ON_STORE), settings="colour: blue")
    site.declare(text.replace("        accessKeys:", f"        sku: {sku}\n        accessKeys:"))


def test_a_free_store_is_used_up_for_the_day_over_all_runs(site: Site) -> None:
    declare(site, "free")
    options, env = ("--limits", f"scale={READS / 1000}"), {**PLACES, "READS": str(READS - 2)}
    first = site.python("throttled_store.py", options=options, env=env)
    assert (first.seen, first.stderr) == (["blue"] * 3, "")
    second = site.python("throttled_store.py", options=options, env=env)
    *read, told = second.seen
    left_s = DAY_S - time.time() % DAY_S
    assert read == ["blue"] * 2
    assert abs(told.pop("retry_after_ms") / 1000 - left_s) < 60
    assert told == {**TOLD, "policy": "Total Requests"}
    assert "its store's limit of 5 requests in a day is reached" in second.stderr
    assert "nothing more is answered until midnight in UTC" in second.stderr
    command = [
        sys.executable,
        "-m",
        "keyless.cli.main",
        "clock",
        "advance",
        "1d",
        "--project",
        str(site.root),
    ]
    subprocess.run(command, capture_output=True, check=True, timeout=60)
    assert site.python("throttled_store.py", options=options, env=env).seen == ["blue"] * 3


def test_clients_beyond_a_rate_wait_as_they_are_told_and_read_on(site: Site) -> None:
    declare(site, "standard")
    options, env = ("--limits", f"scale={READS / 3000}"), {**PLACES, "READS": str(READS + 1)}
    *read, told, sync, asynchronous, loaded, waited_s = site.python(
        "throttled_store.py", "wait", options=options, env=env
    ).seen
    assert read == ["blue"] * READS
    assert 0 < told["retry_after_ms"] <= 10_200
    assert told["policy"] == "Total Requests Short Term"
    for seen in (sync, asynchronous):  # each may find once more that another was there first
        assert seen["value"] == "blue"
        assert (seen["answers"][0], seen["answers"][-1]) == (429, 200)
    assert loaded == {"colour": "blue"}
    assert told["retry_after_ms"] / 1000 - 2 < waited_s
