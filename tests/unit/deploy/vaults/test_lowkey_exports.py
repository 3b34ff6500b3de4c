"""Exports of a Lowkey Vault as a source: what comes in with all versions, and what a vault does not take."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from keyless.deploy.sources import Choice, NotASource
from keyless.deploy.vaults.found import Found, Making
from keyless.deploy.vaults.read import File, read_file
from keyless.model.resources import Vault
from keyless.planes.keyvault.keys.records import ROTATION_POLICIES, RotationPolicy

NOW = 1_800_000_000
MAKING = Making(NOW, lambda: "0" * 32)
VAULT = Vault(
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v", "v", "here", sku="premium"
)
OLD, NEW = "a" * 32, "b" * 32


def ec_key() -> dict[str, str]:
    """A key as Java writes it: with a zero byte in front, where the number would be negative."""
    from cryptography.hazmat.primitives.asymmetric import ec

    from keyless.planes.keyvault.keys.material.base64url import encode

    number = int.from_bytes(b"\xc9" + bytes(range(31)))
    point = ec.derive_private_key(number, ec.SECP256R1()).public_key().public_numbers()
    texts = {
        name: encode(b"\0" + value.to_bytes(32))
        for name, value in (("d", number), ("x", point.x), ("y", point.y))
    }
    return {"kty": "EC-HSM", "crv": "P-256", **texts}


def version(version_id: str, created: int, **more: Any) -> dict[str, Any]:
    return {
        "vaultBaseUri": "https://localhost:8443",
        "entityId": "x",
        "entityVersion": version_id,
        "attributes": {"enabled": True, "created": created, "updated": created, "recoveryLevel": "Purgeable"},
        "tags": {},
        "managed": False,
        **more,
    }


def export(**objects: Any) -> str:
    return json.dumps({"vaults": [{"attributes": {"baseUri": "https://localhost:8443"}, **objects}]})


def read(text: str, *, vault: Vault = VAULT, of: str | None = None, choice: Choice = Choice()) -> Found:  # noqa: B008  # frozen
    return read_file(File(text.encode(), vault=of), vault, choice, MAKING)


def key_entry(policy: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    material = {**ec_key(), "key_ops": [], **more}
    return {"versions": [version(OLD, 1_700_000_000, keyMaterial=material)], "rotationPolicy": policy}


def policy(expiry: str) -> dict[str, Any]:
    return {
        "lifetimeActions": [{"trigger": {"timeAfterCreate": "P30D"}, "action": {"type": "rotate"}}],
        "attributes": {"expiryTime": expiry, "created": 1_647_809_445, "updated": 1_647_809_446},
    }


def test_secrets_come_with_all_versions_the_last_as_the_current_one() -> None:
    versions = [
        version(OLD, 1_700_000_000, value="PLANTED1", contentType="text/plain"),
        version(NEW, 1_700_000_001, value="PLANTED2", tags={"a": "b"}),
    ]
    found = read(export(secrets={"db": {"versions": versions}}))
    assert [(one.id, one.value, one.created) for one in found.arrivals[0].versions] == [
        (OLD, "PLANTED1", 1_700_000_000),
        (NEW, "PLANTED2", 1_700_000_001),
    ]
    assert found.arrivals[0].current.tags == {"a": "b"}
    assert not found.left


def test_an_older_export_has_the_list_alone() -> None:
    found = read(export(secrets={"db": [version(OLD, NOW, value="v")]}))
    assert found.arrivals[0].current.value == "v"


def test_keys_come_with_their_material_and_rotation_policy() -> None:
    found = read(export(keys={"sign": key_entry(policy("P37D"))}))
    key = found.arrivals[0]
    assert (key.current.key_type, key.current.material.curve) == ("EC-HSM", "P-256")
    assert key.current.key_ops == ("sign", "verify")
    kept = key.belongings[ROTATION_POLICIES.name]
    assert isinstance(kept, RotationPolicy)
    assert (kept.actions[0].time_after_create, kept.expiry_time, kept.created) == (
        "P30D",
        "P37D",
        1_647_809_445,
    )
    assert not found.left


def test_a_rotation_policy_that_a_vault_does_not_take_is_left_out_by_itself() -> None:
    found = read(export(keys={"sign": key_entry(policy("P7D"))}))
    assert not found.arrivals[0].belongings
    assert [one.what for one in found.left] == ["rotation policy of key sign"]


@pytest.mark.parametrize(
    ("objects", "why"),
    [
        ({"keys": {"hard": key_entry()}}, "premium"),
        ({"keys": {"odd": key_entry(d="AQ")}}, "does not belong"),
        ({"keys": {"none": {"versions": []}}}, "it has no version"),
        ({"secrets": {"under_score": [version(OLD, NOW, value="PLANTED")]}}, "invalid name"),
        ({"secrets": {"db": [version("1", NOW, value="PLANTED")]}}, "32 hexadecimal digits"),
        ({"secrets": {"db": [version(OLD, NOW, value=["PLANTED"])]}}, "expected `str`"),
        ({"secrets": {"db": [version(OLD, NOW, value="PLANTED" * 4000)]}}, "bytes"),
        ({"secrets": {"db": [version(OLD, NOW, value="PLANTED", tags={"a": "b" * 513})]}}, "512 characters"),
    ],
)
def test_what_a_vault_does_not_take_is_left_out_and_no_value_told(objects: dict[str, Any], why: str) -> None:
    standard = msgspec.structs.replace(VAULT, sku="standard")
    found = read(export(**objects), vault=standard)
    assert not found.arrivals
    assert why.casefold() in found.left[0].why.casefold()
    assert "PLANTED" not in found.left[0].why


def test_what_stands_behind_a_certificate_does_not_come_by_itself() -> None:
    managed = version(OLD, NOW, value="v", managed=True)
    key = key_entry()
    key["versions"][0]["managed"] = True
    assert not read(export(secrets={"web": [managed]}, keys={"web": key})).arrivals


def test_templates_are_filled_in() -> None:
    text = export(secrets={"db": [version(OLD, 1, value="{{host}} stays")]})
    text = text.replace('"created": 1', '"created": {{now -60}}').replace(
        "localhost:8443", "{{host}}:{{port}}"
    )
    found = read(text)
    assert (found.arrivals[0].current.created, found.arrivals[0].current.updated) == (NOW - 60, 1)


def test_one_of_several_vaults_is_named() -> None:
    several = {
        "vaults": [
            {
                "attributes": {"baseUri": f"https://{name}.localhost:8443"},
                "secrets": {"db": [version(OLD, 1, value=name)]},
            }
            for name in ("vault-a", "vault-b")
        ]
    }
    assert read(json.dumps(several), of="Vault-B").arrivals[0].current.value == "vault-b"
    for of in (None, "vault-c"):
        with pytest.raises(NotASource, match="it has `vault-a` and `vault-b`"):
            read(json.dumps(several), of=of)


def test_patterns_choose_here_too() -> None:
    text = export(
        secrets={name: [version(OLD, 1, value="v")] for name in ("db", "api")}, keys={"sign": key_entry()}
    )
    assert [one.name for one in read(text, choice=Choice(["db"])).arrivals] == ["db"]


def test_what_is_no_export_is_refused() -> None:
    with pytest.raises(NotASource, match="no object of names"):
        read(export(secrets=[1]))
