"""Federated credentials for the real cloud, read back out of each format with a parser of its own."""

from __future__ import annotations

import json
import re
import shlex

import hcl2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_readers import bicep_tree

from keyless.model.derived_ids import system_assigned_identity, user_assigned_identity
from keyless.model.federated_credentials import NAME
from keyless.model.identities import ManagedIdentity
from keyless.model.resource_id import group_scope, resource_scope
from keyless.plan.federation import Bridge, Target, bridges
from keyless.plan.writers.federated_az import write_az
from keyless.plan.writers.federated_bicep import write_bicep
from keyless.plan.writers.federated_terraform import write_terraform

ISSUER = "https://id.example.org/orders"
ORDERS, BILLING = group_scope("s", "orders-rg"), group_scope("s", "billing-rg")
SHARED = user_assigned_identity(ORDERS, "shared")
WEB = system_assigned_identity(resource_scope(ORDERS, "Microsoft.Web/sites", "web"), "web")
MACHINE = system_assigned_identity(resource_scope(ORDERS, "Microsoft.Compute/virtualMachines", "web"), "web")
OTHER = user_assigned_identity(BILLING, "shared")
ALL = [WEB, SHARED, OTHER, MACHINE]

Trusted = tuple[str, str, str, str, str]
"""Who trusts (its resource group and name), issuer, subject, audience."""


def wanted(found: list[Bridge]) -> list[Trusted]:
    return sorted((one.resource_group, one.target, one.issuer, one.subject, one.audience) for one in found)


def plain(text: str) -> str:
    return text.strip("'\"")


def properties(node) -> dict:
    return {
        plain(child.named_children[0].text.decode()): child.named_children[1]
        for child in node.named_children
        if child.type == "object_property"
    }


def read_bicep(group: str, text: str) -> list[Trusted]:
    names, found = {}, []
    for node in bicep_tree(text).named_children:
        if node.type != "resource_declaration":
            continue
        symbol, kind, body = node.named_children
        given = properties(body)
        if plain(kind.text.decode()).split("@")[0].endswith("federatedIdentityCredentials"):
            trust = properties(given["properties"])
            (audience,) = trust["audiences"].named_children
            owner = names[given["parent"].text.decode()]
            texts = (trust["issuer"], trust["subject"], audience)
            found.append((group, owner, *(plain(one.text.decode()) for one in texts)))
            assert re.fullmatch(NAME, plain(given["name"].text.decode()))
        else:
            names[symbol.text.decode()] = plain(given["name"].text.decode())
    return found


def read_terraform(text: str) -> list[Trusted]:
    document = hcl2.loads(text)
    owners = {}
    for kind in ("data", "resource"):
        for block in document.get(kind, []):
            for label, inner in block.items():
                if plain(label) == "azurerm_user_assigned_identity":
                    for name, body in inner.items():
                        prefix = "data." if kind == "data" else ""
                        owners[f"{prefix}azurerm_user_assigned_identity.{plain(name)}.id"] = body
    groups = {
        plain(name): plain(body["name"])
        for block in document.get("data", [])
        for label, inner in block.items()
        if plain(label) == "azurerm_resource_group"
        for name, body in inner.items()
    }
    found = []
    for block in document["resource"]:
        for label, inner in block.items():
            if plain(label) != "azurerm_federated_identity_credential":
                continue
            for body in inner.values():
                owner = owners[body["user_assigned_identity_id"].removeprefix("${").removesuffix("}")]
                group = plain(owner["resource_group_name"])
                reference = re.fullmatch(r"\$\{data\.azurerm_resource_group\.(\w+)\.name\}", group)
                (audience,) = body["audience"]
                found.append(
                    (
                        groups[reference[1]] if reference else group,
                        plain(owner["name"]),
                        plain(body["issuer"]),
                        plain(body["subject"]),
                        plain(audience),
                    )
                )
    return found


def read_az(text: str) -> list[Trusted]:
    found, made = [], set()
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line)
        if not words:
            continue
        options = dict(
            zip(
                words[3 if words[2] == "create" else 4 :: 2],
                words[4 if words[2] == "create" else 5 :: 2],
                strict=True,
            )
        )
        if words[:3] == ["az", "identity", "create"]:
            made.add((options["--resource-group"], options["--name"]))
        else:
            assert words[:4] == ["az", "identity", "federated-credential", "create"]
            found.append(
                (
                    options["--resource-group"],
                    options["--identity-name"],
                    options["--issuer"],
                    options["--subject"],
                    options["--audiences"],
                )
            )
    assert made <= {one[:2] for one in found}
    return found


@pytest.mark.parametrize("identities", [ALL, [SHARED], [WEB, MACHINE]])
def test_every_format_says_the_same(identities: list[ManagedIdentity]) -> None:
    found = bridges(identities, ISSUER)
    expected = wanted(found)
    assert sorted(read_az(write_az(found, Target.IDENTITY))) == expected
    assert sorted(read_terraform(write_terraform(found, Target.IDENTITY))) == expected
    files = write_bicep(found, Target.IDENTITY)
    read = [one for name, text in files.items() for one in read_bicep(name.removesuffix(".bicep"), text)]
    assert sorted(read) == expected


def test_each_identity_is_trusted_by_one_of_its_own_name_and_group() -> None:
    targets = {one.identity.resource_id: (one.resource_group, one.target) for one in bridges(ALL, ISSUER)}
    assert targets[SHARED.resource_id] == ("orders-rg", "shared")
    assert targets[OTHER.resource_id] == ("billing-rg", "shared")
    assert {targets[WEB.resource_id], targets[MACHINE.resource_id]} == {
        ("orders-rg", "web"),
        ("orders-rg", "web-2"),
    }


def test_a_resources_own_identity_is_made_as_a_user_assigned_one_and_a_user_assigned_one_is_found() -> None:
    found = bridges([WEB, SHARED], ISSUER)
    assert [one.is_made for one in found] == [False, True]
    assert "az identity create" in write_az(found[1:], Target.IDENTITY)
    assert "az identity create" not in write_az(found[:1], Target.IDENTITY)
    (text,) = write_bicep(found, Target.IDENTITY).values()
    assert text.count(" existing = {") == 1


@pytest.mark.parametrize("name", ["a", "x/y", "...", "ünïcode", "a.b(c)", "-web-"])
def test_a_name_that_an_identity_cannot_have_is_made_into_one_that_it_can(name: str) -> None:
    host = system_assigned_identity(resource_scope(ORDERS, "Microsoft.Web/sites", "x"), name)
    (found,) = bridges([host], ISSUER)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{2,127}", found.target)


@given(
    st.from_regex(
        r"https://[a-z0-9](?:[a-z0-9.-]{0,200}[a-z0-9])?(?:/[A-Za-z0-9._~-]{1,200}){0,2}", fullmatch=True
    )
)
def test_a_credential_can_always_be_named_for_its_issuer(issuer: str) -> None:
    (found,) = bridges([SHARED], issuer)
    assert re.fullmatch(NAME, found.name)


def test_an_application_trusts_in_every_format() -> None:
    found = bridges([SHARED], ISSUER)
    words = shlex.split(write_az(found, Target.APPLICATION).replace("\\\n", " "))
    assert words[:5] == ["az", "ad", "app", "federated-credential", "create"]
    assert json.loads(words[words.index("--parameters") + 1]) == {
        "name": found[0].name,
        "issuer": ISSUER,
        "subject": SHARED.principal_id,
        "audiences": ["api://AzureADTokenExchange"],
    }
    document = hcl2.loads(write_terraform(found, Target.APPLICATION))
    ((body,),) = (
        inner.values()
        for block in document["resource"]
        for label, inner in block.items()
        if plain(label) == "azuread_application_federated_identity_credential"
    )
    assert (plain(body["issuer"]), plain(body["subject"])) == (ISSUER, SHARED.principal_id)
    ((name, text),) = write_bicep(found, Target.APPLICATION).items()
    assert name == "applications.bicep"
    resources = bicep_tree(text.removeprefix("extension microsoftGraphV1\n"))  # newer than the grammar
    credential = [node for node in resources.named_children if node.type == "resource_declaration"][-1]
    trust = properties(credential.named_children[2])
    assert plain(trust["subject"].text.decode()) == SHARED.principal_id
