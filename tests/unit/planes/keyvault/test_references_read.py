"""Property: who is said to be able to read a referenced secret can read it of the vault, and nobody else."""

from __future__ import annotations

import asyncio
import itertools
import json
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from key_vault_caller import SUBSCRIPTION, make_vault
from vault_site import VaultSite

from keyless.authz.hierarchy import FLAT
from keyless.model.access_policies import AccessPolicy, PolicyPermissions
from keyless.model.denies import DeniedPrincipal, DenyAssignment
from keyless.model.directory import Group
from keyless.model.resource_id import ResourceId
from keyless.model.resources import Vault
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition
from keyless.model.secret_text import SecretText
from keyless.model.vault_references import read_target
from keyless.plan.given import Given, VaultPolicies
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.references.access import READ_SECRET, READ_SETTING, access_under
from keyless.plan.references.facts import (
    HeldSecret,
    HeldVault,
    ReferenceFacts,
    SecretState,
    StoredReference,
)
from keyless.plan.references.readers import World, resolved
from keyless.planes.keyvault.secrets.service import Secrets
from keyless.store.collections import ASSIGNMENTS, DENY_ASSIGNMENTS, ROLE_DEFINITIONS, SECURITY_GROUPS
from keyless.store.sealing import RootKey
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.keys import SigningKey
from plane_site import TENANT_ID

WEB = "00000000-0000-4000-8000-00000000000e"
TEAM = "00000000-0000-4000-8000-00000000000f"
VAULT = make_vault().resource_id
STORE = ResourceId.parse(
    f"{SUBSCRIPTION}/resourceGroups/orders-rg/providers/Microsoft.AppConfiguration/configurationStores/orders"
)
ROLES = {
    "reader": RoleDefinition("reader", "Reader", (Permission(data_actions=(READ_SECRET,)),)),
    "all-but": RoleDefinition(
        "all-but",
        "All but",
        (Permission(data_actions=("Microsoft.KeyVault/*",), not_data_actions=(READ_SECRET,)),),
    ),
    "owner": RoleDefinition("owner", "Owner", (Permission(actions=("*",)),)),
    "settings": RoleDefinition("settings", "Settings", (Permission(data_actions=(READ_SETTING,)),)),
}
SCOPES = st.sampled_from(
    ["/", SUBSCRIPTION, VAULT, VAULT.upper(), f"{VAULT}/secrets/Db", f"{VAULT}/secrets/other", f"{VAULT}2"]
)
NAME = "@Resource[Microsoft.KeyVault/vaults/secrets:name]"
CONDITIONS = st.sampled_from(
    [None, None, f"{NAME} StringEquals 'Db'", f"{NAME} StringEquals 'db'", f"{NAME} StringLike 'D*'"]
)
_NUMBERS = itertools.count()
PRINCIPALS = st.sampled_from([WEB, WEB, TEAM, "somebody-else"])


@dataclass(frozen=True)
class Small:
    """A small estate: one vault with one secret, and what is given and taken there."""

    vault: Vault
    assignments: tuple[RoleAssignment, ...]
    denies: tuple[DenyAssignment, ...]
    groups: tuple[Group, ...]


ASSIGNED = st.builds(
    lambda who, role, scope, condition: (who, role, scope, condition),
    PRINCIPALS,
    st.sampled_from(["reader", "reader", "all-but", "owner"]),
    SCOPES,
    CONDITIONS,
)
POLICIES = st.builds(
    lambda who, tenant, listed: AccessPolicy(tenant, who, PolicyPermissions(secrets=listed)),
    PRINCIPALS,
    st.sampled_from([TENANT_ID, "another-tenant"]),
    st.sampled_from([("get",), ("list",), ("all",), ()]),
)


@st.composite
def small(draw: st.DrawFn) -> Small:
    """An estate in which the workload reads the store that refers to the secret."""
    given_ = draw(st.lists(ASSIGNED, max_size=3))
    taken = draw(st.lists(st.tuples(SCOPES, st.booleans()), max_size=1))
    vault = make_vault(
        enable_rbac_authorization=draw(st.booleans()),
        access_policies=tuple(draw(st.lists(POLICIES, max_size=2))),
    )
    return Small(
        vault=vault,
        assignments=(
            RoleAssignment("store", WEB, "settings", STORE.text),
            *(
                RoleAssignment(f"a{at}", who, role, scope, condition=condition, condition_version="2.0")
                for at, (who, role, scope, condition) in enumerate(given_)
            ),
        ),
        denies=tuple(
            DenyAssignment(
                f"d{at}",
                "no",
                scope,
                (Permission(data_actions=("Microsoft.KeyVault/vaults/secrets/*",)),),
                (DeniedPrincipal(WEB, "ServicePrincipal"),),
                do_not_apply_to_child_scopes=alone,
            )
            for at, (scope, alone) in enumerate(taken)
        ),
        groups=(Group(TEAM, "team", members=(WEB,) if draw(st.booleans()) else ()),),
    )


def said(world: Small) -> bool:
    """Whether a check says that the workload can read the secret behind its reference."""
    uri = f"https://{world.vault.name}.vault.azure.net/secrets/dB"
    target = read_target(json.dumps({"uri": uri}))
    reference = StoredReference(store=STORE, key="Orders:Db", points_to=target)
    held = HeldSecret(name="Db", current="a" * 32, versions=(SecretState(id="a" * 32),))
    about = Given(
        denies=world.denies,
        groups=world.groups,
        hierarchy=FLAT,
        policies=VaultPolicies(tenant_id=TENANT_ID),
    )
    access = access_under(about, world.assignments, ROLES, by_policies=True)
    facts = ReferenceFacts(
        references=(reference,),
        vaults={world.vault.name: HeldVault(vault=world.vault, secrets={"db": held})},
    )
    web = Subject(WEB, "web", SubjectKind.APPLICATION)
    (found,) = resolved(World(facts=facts, subjects=(web,), today=access, planned=access))
    (reader,) = found.readers
    return reader.planned


async def asked(world: Small, store: SqliteStore, key: SigningKey, now: int) -> bool:
    """Whether the vault itself lets the workload read the secret."""
    site = VaultSite(store, key, now, world.vault)
    await site.fill()
    await Secrets(store).set(world.vault, "Db", SecretText("value"), now=now)
    async with store.transaction() as transaction:
        for role in ROLES.values():
            await transaction.put(ROLE_DEFINITIONS, (role.id,), role)
        for given_ in world.assignments:
            await transaction.put(ASSIGNMENTS, (given_.id,), given_)
        for taken in world.denies:
            await transaction.put(DENY_ASSIGNMENTS, (taken.id,), taken)
        for group in world.groups:
            await transaction.put(SECURITY_GROUPS, (group.principal_id,), group)
    site.token = site.token_of(WEB)
    answer = await site.ask("GET", "/secrets/DB")
    assert answer.status in {200, 403}
    return answer.status == 200


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=small())
def test_who_is_said_to_read_the_secret_behind_a_reference_reads_it_and_nobody_else(
    tmp_path: Path, root_key: RootKey, signing_key: SigningKey, now: int, world: Small
) -> None:
    with closing(SqliteStore(tmp_path / f"{next(_NUMBERS)}.db", root_key)) as store:
        assert asyncio.run(asked(world, store, signing_key, now)) == said(world)
