"""Every operation on a vault's data against callers with access policies, in vaults of both modes.

Rules, beside those of `test_operation_matrix.py`:
- in a vault without RBAC the permission that the operation names decides, whatever roles somebody has;
- in a vault with RBAC policies decide nothing;
- an entry counts for its own principal in its own tenant, and one of a compound identity for no application
  that asks for itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from matrix_rows import GROUP, TENANT_ID
from test_operation_matrix import OTHER_TENANT, Row, Tokens, asking

from keyless.model.access_policies import PERMISSIONS, AccessPolicy, PolicyPermissions
from keyless.model.evidence import Outcome
from keyless.model.resource_id import resource_scope
from keyless.model.resources import VAULT_TYPE, Vault
from keyless.store.collections import VAULTS
from keyless.tokens.keys import SigningKey
from keyless.wire.operation import Requires

POLICY_VAULT, ROLE_VAULT = "matrix-policy", "matrix-role"


def data_rows() -> list[Any]:
    """Every route of every operation on what a vault holds."""
    return [row for row in asking() if row.values[0].plane == "key-vault"]


def needed(row: Row) -> str:
    """The permission that an operation names."""
    access = row.operation.access
    assert isinstance(access, Requires)
    assert access.access_policy is not None
    return access.access_policy


def policies() -> Iterator[AccessPolicy]:
    """Principals called after what they have: one permission, every other one, all of a kind, and so on."""
    for kind, known in PERMISSIONS.items():
        everything = PolicyPermissions(**PERMISSIONS)
        yield AccessPolicy(TENANT_ID, f"all {kind}", PolicyPermissions(**{kind: ("all",)}))
        for one in known:
            name = f"{kind}/{one}"
            just, rest = PolicyPermissions(**{kind: (one,)}), tuple(other for other in known if other != one)
            without = PolicyPermissions(**(PERMISSIONS | {kind: rest}))
            yield AccessPolicy(TENANT_ID, f"{name} alone", just)
            yield AccessPolicy(TENANT_ID, f"all but {name}", without)
    yield AccessPolicy(TENANT_ID, "through an application", everything, "client")
    yield AccessPolicy(OTHER_TENANT, "of another tenant", everything)


@pytest.fixture(scope="module")
def vaults(matrix: Any) -> Any:
    """The matrix, with two vaults that have every policy, one in each mode."""
    matrix.learn(False)
    asyncio.run(fill(matrix))
    return matrix


async def fill(matrix: Any) -> None:
    """Add the two vaults."""
    async with matrix.store.transaction() as transaction:
        for name in (POLICY_VAULT, ROLE_VAULT):
            scope = resource_scope(GROUP, VAULT_TYPE, name)
            vault = Vault(
                scope.text,
                name,
                "westeurope",
                enable_rbac_authorization=name == ROLE_VAULT,
                access_policies=tuple(policies()),
            )
            await transaction.put(VAULTS, (name,), vault)


@pytest.fixture
def tokens(signing_key: SigningKey, foreign_key: SigningKey) -> Tokens:
    return Tokens(signing_key, foreign_key, "https://vault.azure.net")


async def ask(
    matrix: Any, row: Row, vault: str, token: str
) -> tuple[int, dict[tuple[str, str, Outcome], int]]:
    headers = {"authorization": f"Bearer {token}"}
    answer, recorded = await matrix.ask(row.method, f"{vault}.vault.azure.net", row.path, row.query, headers)
    return answer.status, recorded


def counted(row: Row, outcome: Outcome) -> dict[tuple[str, str, Outcome], int]:
    """What is recorded of an operation that needs one action."""
    (action,) = row.actions
    return {(row.operation.id, action, outcome): 1}


@pytest.mark.parametrize("row", data_rows())
def test_every_operation_on_data_names_a_permission_that_there_is(row: Row) -> None:
    kind, _, permission = needed(row).partition("/")
    assert permission in PERMISSIONS[kind]


@pytest.mark.parametrize("row", data_rows())
async def test_the_permission_alone_gets_past_the_decision(vaults: Any, row: Row, tokens: Tokens) -> None:
    status, recorded = await ask(vaults, row, POLICY_VAULT, tokens.good(f"{needed(row)} alone"))
    assert recorded == counted(row, Outcome.ALLOWED)
    assert status not in {401, 403, 405}
    assert status < 500 or status == 501


@pytest.mark.parametrize("row", data_rows())
async def test_all_gets_past_the_decision_but_for_purging(vaults: Any, row: Row, tokens: Tokens) -> None:
    kind, _, permission = needed(row).partition("/")
    status, recorded = await ask(vaults, row, POLICY_VAULT, tokens.good(f"all {kind}"))
    passes = permission != "purge"
    assert recorded == counted(row, Outcome.ALLOWED if passes else Outcome.DENIED)
    assert (status != 403) == passes


@pytest.mark.parametrize("who", ["all but", "nobody", "data-owner", "owner", "application", "tenant"])
@pytest.mark.parametrize("row", data_rows())
async def test_a_vault_of_policies_refuses_whoever_has_no_entry_that_counts(
    vaults: Any, row: Row, tokens: Tokens, who: str
) -> None:
    principal = {
        "all but": f"all but {needed(row)}",
        "application": "through an application",
        "tenant": "of another tenant",
    }.get(who, who)
    answered = await ask(vaults, row, POLICY_VAULT, tokens.good(principal))
    assert answered == (403, counted(row, Outcome.DENIED))


@pytest.mark.parametrize("row", data_rows())
async def test_a_compound_identity_is_a_user_through_its_application_and_no_other(
    vaults: Any, row: Row, tokens: Tokens
) -> None:
    of_a_user = {"idtyp": "user", "upn": "ada", "scp": "user_impersonation"}
    status, recorded = await ask(
        vaults, row, POLICY_VAULT, tokens.good("through an application", **of_a_user)
    )
    assert recorded == counted(row, Outcome.ALLOWED)
    assert status not in {401, 403, 405}
    through_another = tokens.good("through an application", **of_a_user, appid="another")
    assert await ask(vaults, row, POLICY_VAULT, through_another) == (403, counted(row, Outcome.DENIED))


@pytest.mark.parametrize("who", ["alone", "all"])
@pytest.mark.parametrize("row", data_rows())
async def test_a_vault_of_roles_heeds_no_policy(vaults: Any, row: Row, tokens: Tokens, who: str) -> None:
    principal = f"{needed(row)} alone" if who == "alone" else f"all {needed(row).partition('/')[0]}"
    answered = await ask(vaults, row, ROLE_VAULT, tokens.good(principal))
    assert answered == (403, counted(row, Outcome.DENIED))


@pytest.mark.parametrize("row", data_rows())
async def test_where_everybody_learns_a_vault_of_policies_lets_pass_and_records(
    vaults: Any, row: Row, tokens: Tokens
) -> None:
    vaults.learn(True)
    status, recorded = await ask(vaults, row, POLICY_VAULT, tokens.good("nobody"))
    vaults.learn(False)
    assert recorded == counted(row, Outcome.LEARNED)
    assert status not in {401, 403, 405}
