"""The client of feature flags that are resources of their own, of the version that the Azure CLI brings."""

from __future__ import annotations

from pathlib import Path

from sdk_estates import BY_ACCESS_KEY, PLACES, one_web_app
from sdk_site import PROGRAMS, Site, SkipLoudly

PYTHON = Path(__file__).parent / "az" / ".built" / "bin" / "python"
WHOLE = {
    "name": ["page", "prod", True, "who sees it", {"org": "shop"}],
    "filters": [["Mine", {"a": "b"}]],
    "variants": [["small", "10"], ["big", None]],
    "default": "big",
    "telemetry": {"team": "web"},
    "known": True,
}


def test_flags_are_kept_apart_from_key_values_with_their_history(site: Site, skip_loudly: SkipLoudly) -> None:
    if not PYTHON.exists():
        skip_loudly("enhanced feature flags: run `python scripts/az_client.py` to install the Azure CLI")
    site.declare(one_web_app())
    ran = site.run(str(PYTHON), str(PROGRAMS / "enhanced_feature_flags.py"), env=PLACES | BY_ACCESS_KEY)
    assert ran.seen == {
        "added": WHOLE,
        "again": 412,
        "same": None,
        "stale": 412,
        "named": [["page", False]],
        "tagged": ["page"],
        "pages": 2,
        "changed pages": 0,
        "revisions": [False, True],
        "labels": [None, "prod"],
        "deleted": True,
        "deleted again": None,
        "missing": 404,
    }
