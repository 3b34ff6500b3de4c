"""Whom the Azure CLI takes to be signed in when a shell opens."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from keyless.runtime.azure_profile import PROFILE, sign_in
from keyless.runtime.messages import Account

ADA = Account("ada@contoso.onmicrosoft.com", "the-tenant", "the-subscription", "dev")


def written(directory: Path, account: Account = ADA) -> dict[str, Any]:
    sign_in(directory, account)
    profile: dict[str, Any] = json.loads((directory / PROFILE).read_bytes())
    return profile


def test_the_owner_is_signed_in_as_in_cloud_shell_without_a_secret(tmp_path: Path) -> None:
    (only,) = written(tmp_path)["subscriptions"]
    assert only["user"] == {"name": ADA.user_principal_name, "type": "user", "cloudShellID": True}
    assert (only["id"], only["tenantId"], only["isDefault"]) == ("the-subscription", "the-tenant", True)
    assert stat.S_IMODE((tmp_path / PROFILE).stat().st_mode) == 0o600


def test_other_sign_ins_stay_and_give_way(tmp_path: Path) -> None:
    other = {"id": "another", "user": {"name": "app", "type": "servicePrincipal"}, "isDefault": True}
    same = {"id": "The-Subscription", "user": {"name": "app", "type": "servicePrincipal"}}
    before = {"installationId": "kept", "subscriptions": [other, same]}
    (tmp_path / PROFILE).write_bytes(b"\xef\xbb\xbf" + json.dumps(before).encode())
    profile = written(tmp_path)
    assert profile["installationId"] == "kept"
    assert [(one["id"], one["isDefault"]) for one in profile["subscriptions"]] == [
        ("the-subscription", True),
        ("another", False),
    ]


def test_who_was_signed_in_under_another_name_is_so_no_more(tmp_path: Path) -> None:
    written(tmp_path, Account("ada@fabrikam.com", "gone", "gone", "old"))
    (only,) = written(tmp_path)["subscriptions"]
    assert only["id"] == "the-subscription"


@pytest.mark.parametrize("content", [b"", b"not JSON", b"[]", b'{"subscriptions": 1}', b"\xff"])
def test_a_file_that_cannot_be_read_is_written_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / PROFILE).write_bytes(content)
    assert len(written(tmp_path)["subscriptions"]) == 1
