"""Keys of vaults: read, refused with their place, shown, brought into the store and out of it."""

from __future__ import annotations

import pytest
from estate_texts import estate, in_group, only
from rich.console import Console

from keyless.deploy.apply import CannotApply, apply_estate
from keyless.deploy.contents import PlaneContents
from keyless.deploy.export import stored_estate
from keyless.deploy.prune import Pruned, prune
from keyless.estate.export.document import export_text
from keyless.estate.read import read_text
from keyless.estate.show import estate_tree
from keyless.estate.warnings import warnings_of
from keyless.model.estate import Estate
from keyless.model.resources import Vault
from keyless.model.vault_keys import DeclaredKey, DeclaredRotation
from keyless.planes.keyvault.keys.records import KEY_VERSIONS, KeyVersion
from keyless.planes.keyvault.keys.service import Keys
from keyless.store.collections import VAULTS
from keyless.store.ports import Store


def with_keys(keys: str, *, sku: str = "standard") -> str:
    return in_group(f"vaults: {{orders-kv: {{sku: {sku}, keys: {{{keys}}}}}}}")


@pytest.mark.parametrize(
    ("declared", "read"),
    [
        ("sign: {type: EC}", DeclaredKey("orders-kv", "sign", "EC")),
        ("sign: {type: EC, curve: P-256K}", DeclaredKey("orders-kv", "sign", "EC", None, "P-256K")),
        (
            "wrap: {type: RSA, size: 3072, operations: [wrapKey, unwrapKey], tags: {a: b}}",
            DeclaredKey("orders-kv", "wrap", "RSA", 3072, None, ("wrapKey", "unwrapKey"), None, {"a": "b"}),
        ),
        (
            "r: {type: RSA, rotation: {timeBeforeExpiry: P30D, notifyBeforeExpiry: P31D, expiryTime: P1Y}}",
            DeclaredKey("orders-kv", "r", "RSA", rotation=DeclaredRotation(None, "P30D", "P31D", "P1Y")),
        ),
    ],
)
def test_a_key_is_what_kind_it_is_and_how_it_rotates(declared: str, read: DeclaredKey) -> None:
    found = estate(with_keys(declared))
    assert found.keys == (read,)
    assert read_text(export_text(found), {}).keys == (read,)


def test_keys_of_hardware_are_for_premium_vaults() -> None:
    found = estate(with_keys("hard: {type: RSA-HSM, size: 2048}", sku="premium"))
    assert (found.keys[0].type, found.vaults[0].sku) == ("RSA-HSM", "premium")
    assert "sku: premium" in export_text(found)
    assert "are for premium vaults" in only(with_keys("hard: {type: RSA-HSM}")).message


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ("k: {type: RSA, size: 1024}", "a key of type `RSA` has no 1024 bits"),
        ("k: {type: oct, size: 2048}", "a key of type `oct` has no 2048 bits"),
        ("k: {type: EC, size: 256}", "a key of type `EC` has no 256 bits"),
        ("k: {type: RSA, curve: P-256}", "a key of type `RSA` has no curve"),
        ("k: {type: EC, operations: [wrapKey]}", "a key of type `EC` cannot `wrapKey`"),
        ("k: {type: DSA}", "`DSA` is not a type of key"),
        ("k: {type: EC, curve: P-265}", "`P-265` is not a curve"),
        ("k: {size: 2048}", "a key needs `type`"),
        ("k: {type: RSA, rotation: {timeAfterCreate: P9D, timeBeforeExpiry: P9D}}", "a key rotates after"),
        ("k: {type: RSA, rotation: {timeAfterCreate: ninety days}}", "duration"),
        ("a_b: {type: RSA}", "a_b"),
    ],
)
def test_what_no_key_can_be_is_refused_where_it_stands(declared: str, says: str) -> None:
    problem = only(with_keys(declared))
    assert says in problem.message
    assert problem.line == 4


def test_a_tree_shows_keys() -> None:
    console = Console(width=200, color_system=None, force_terminal=False, no_color=True)
    with console.capture() as captured:
        console.print(estate_tree(estate(with_keys("sign: {type: EC, curve: P-384}, any: {type: RSA}"))))
    assert "sign  key, EC P-384" in captured.get()
    assert "any  key, RSA\n" in captured.get().replace(" \n", "\n")


ROLES = """
version: 1
resourceGroups:
  rg:
    compute: {web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}}
    vaults: {orders-kv: {keys: {sign: {type: EC}}}}
roleAssignments:
  - {principal: web, role: Key Vault Crypto User, scope: {vault: orders-kv, key: SIGN}}
"""


def test_a_role_holds_on_one_key_or_certificate() -> None:
    found = estate(ROLES)
    assert found.assignments[0].scope.endswith("/vaults/orders-kv/keys/SIGN")
    assert not warnings_of(found)
    assert "key: SIGN" in export_text(found)
    text = ROLES.replace("key: SIGN", "certificate: web")
    assert estate(text).assignments[0].scope.endswith("/vaults/orders-kv/certificates/web")
    assert "certificate: web" in export_text(estate(text))
    assert not warnings_of(estate(text))


def test_a_scope_is_one_object() -> None:
    problem = only(ROLES.replace("key: SIGN", "key: sign, secret: db"))
    assert "exclude each other" in problem.message


def test_a_role_on_a_key_that_is_not_there_is_warned_of() -> None:
    assert "is it `sign`?" in "".join(warnings_of(estate(ROLES.replace("SIGN", "sing"))))


async def applied(store: Store, now: int, text: str) -> PlaneContents:
    contents = PlaneContents(store, lambda: float(now))
    await apply_estate(estate(text), store, contents)
    return contents


async def versions(store: Store) -> list[KeyVersion]:
    return [version for _, version in await store.scan(KEY_VERSIONS)]


async def test_a_declared_key_is_made_once_and_comes_out_as_it_was_declared(store: Store, now: int) -> None:
    text = with_keys(
        "sign: {type: EC, curve: P-256, operations: [sign], tags: {a: b}, "
        "rotation: {timeAfterCreate: P90D, notifyBeforeExpiry: P30D, expiryTime: P1Y}}"
    )
    contents = await applied(store, now, text)
    made = await versions(store)
    assert (made[0].key_ops, made[0].tags) == (("sign",), {"a": "b"})
    before = store.refresh()
    await applied(store, now, text)
    assert store.refresh() == before
    assert (await stored_estate(store, contents)).keys == estate(text).keys


async def test_one_that_does_not_fit_gets_a_new_version_and_one_that_differs_is_changed(
    store: Store, now: int
) -> None:
    await applied(store, now, with_keys("sign: {type: EC}"))
    await applied(store, now, with_keys("sign: {type: EC, operations: [verify], tags: {a: b}}"))
    found = await versions(store)
    assert [(one.key_ops, one.tags) for one in found] == [(("verify",), {"a": "b"})]
    await applied(store, now + 1, with_keys("sign: {type: EC, curve: P-384}"))
    assert sorted(str(one.material.curve) for one in await versions(store)) == ["P-256", "P-384"]


async def test_pruning_deletes_a_key_and_declaring_it_again_brings_it_back(store: Store, now: int) -> None:
    contents = await applied(store, now, with_keys("sign: {type: EC}"))
    made = await versions(store)
    gone = await prune(estate(with_keys("")), store, contents)
    assert gone == [Pruned("key `sign` of vault `orders-kv`")]
    assert not await contents.keys()
    await applied(store, now, with_keys("sign: {type: EC}"))
    assert [one.name for one in await contents.keys()] == ["sign"]
    assert await versions(store) == made


async def test_a_policy_that_a_vault_does_not_take_names_the_key(store: Store, now: int) -> None:
    with pytest.raises(CannotApply, match="key `sign` of vault `orders-kv` cannot be brought up"):
        await applied(store, now, with_keys("sign: {type: EC, rotation: {timeAfterCreate: P1D}}"))


async def test_a_premium_vault_stays_one(store: Store, now: int) -> None:
    await applied(store, now, with_keys("", sku="premium"))
    contents = await applied(store, now, in_group("vaults: {orders-kv: {}}"))
    found: Estate = await stored_estate(store, contents)
    assert found.vaults[0].sku == "premium"


async def test_a_rotated_key_still_fits(store: Store, now: int) -> None:
    await applied(store, now, with_keys("sign: {type: EC}"))
    vault: Vault | None = await store.get(VAULTS, ("orders-kv",))
    assert vault is not None
    await Keys(store).rotate(vault, "sign", now=now)
    await applied(store, now, with_keys("sign: {type: EC}"))
    assert len(await versions(store)) == 2
