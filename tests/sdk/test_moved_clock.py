"""Time that was moved, as the official clients see it: purged, rotated, and expired but still read."""

from __future__ import annotations

import subprocess
import sys

from sdk_estates import ON_VAULT, PLACES, one_web_app
from sdk_site import Site


def test_after_a_hundred_days_clients_find_what_azure_would_have_left_them(site: Site) -> None:
    site.declare(one_web_app(("Key Vault Administrator", ON_VAULT)))
    first = site.python("moved_clock.py", "before", env=PLACES).seen["version"]
    command = [sys.executable, "-m", "keyless.cli.main", "clock", "advance", "100d"]
    moved = subprocess.run(
        [*command, "--project", str(site.root)], capture_output=True, text=True, check=True, timeout=60
    )
    assert [line.split("  ")[1] for line in moved.stdout.splitlines()] == [
        "secret `expiring` of vault `contoso-orders`: expires soon",
        "key `signing` of vault `contoso-orders`: rotated",
        "secret `expiring` of vault `contoso-orders`: expired",
        "key `signing` of vault `contoso-orders`: rotated",
        "secret `deleted` of vault `contoso-orders`: purged",
        "key `signing` of vault `contoso-orders`: rotated",
    ]
    seen = site.python("moved_clock.py", "after", env=PLACES).seen
    assert (seen["value"], seen["has_expired"]) == ("still here", True)
    assert (seen["deleted"], seen["again"]) == ("SecretNotFound", "its name is free")
    assert len(seen["versions"]) == 4
    assert first in seen["versions"]
    assert seen["current"] != first
    assert seen["days_between"] == [30]
