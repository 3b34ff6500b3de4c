"""azure-appconfiguration-provider on snapshots: named in code, and through references that lead to them."""

from __future__ import annotations

from sdk_estates import DATA_OWNER, ON_STORE, PLACES, one_web_app
from sdk_site import Site


def test_an_app_is_given_what_a_snapshot_holds_by_name_and_by_reference(site: Site) -> None:
    site.declare(one_web_app((DATA_OWNER, ON_STORE)))
    assert site.python("provided_snapshots.py", env=PLACES).seen == {
        "plain": {"colour": "red"},
        "by name": {"colour": "blue"},
        "by reference": {"colour": "blue"},
        "asynchronously": [{"colour": "blue"}, {"colour": "blue"}],
        "missing": {},
        "by key and label": "ValueError",
        "followed": {"colour": "green"},
    }
