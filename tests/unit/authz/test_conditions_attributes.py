"""The attributes that are known to conditions, and what is said of the use of others."""

from __future__ import annotations

import pytest

from keyless.authz.conditions import parse
from keyless.authz.conditions.attributes import attribute_problems, known_for
from keyless.catalog.roles import built_in_roles, unlisted_roles

WRITE = "Microsoft.Authorization/roleAssignments/write"
GET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
ROLE = "Microsoft.Authorization/roleAssignments:RoleDefinitionId"
SECRET = "Microsoft.KeyVault/vaults/secrets:name"
TAG = (
    "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags:P<$key_case_sensitive$>]"
)
GUID = "acdd72a7-3385-48ef-bd42-f606fba81ae7"


def problems(text: str) -> list[str]:
    return [problem.message for problem in attribute_problems(parse(text))]


def test_the_conditions_of_the_built_in_roles_use_known_attributes() -> None:
    texts = [
        b.condition
        for role in (*built_in_roles(), *unlisted_roles())
        for b in role.permissions
        if b.condition
    ]
    assert [problem for text in texts for problem in problems(text)] == []


def test_what_an_action_supplies_is_known() -> None:
    names = {f"@{known.source}[{known.name}]" for known in known_for(GET) if known.hosted}
    assert {f"@Resource[{SECRET}]", "@Resource[Microsoft.KeyVault/vaults:name]"} <= names
    assert f"@Request[{SECRET}]" not in names


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("@Resource[Microsoft.KeyVault/vaults/secret:name] StringEquals 'x'", f"did you mean `{SECRET}`?"),
        ("@Resource[Contoso/of:nothing] StringEquals 'x'", "is not an attribute that is known"),
        ("@Request[UtcNow] DateTimeLessThan '2030-01-01T00:00:00Z'", "write `@Environment`"),
        (f"@Request[{ROLE}] StringEquals 'x'", "begin with `Guid`"),
        (f"!(ActionMatches{{'{WRITE}'}}) OR @Resource[{ROLE}] GuidEquals {GUID}", "roleAssignments/delete`"),
        (f"!(ActionMatches{{'{GET}'}}) OR @Request[{SECRET}] StringEquals 'x'", "not known for"),
    ],
)
def test_an_attribute_that_nothing_can_supply_so_is_named(text: str, says: str) -> None:
    (message,) = problems(text)
    assert says in message


@pytest.mark.parametrize(
    "text",
    [
        f"!(ActionMatches{{'{GET}'}}) OR @Resource[{SECRET}] StringStartsWith 'web'",
        f"!(ActionMatches{{'Microsoft.Authorization/*'}}) OR @Resource[{ROLE}] GuidEquals {GUID}",
        f"Exists @Request[{ROLE}]",
        "@Principal[Microsoft.Directory/CustomSecurityAttributes/Id:Set_Name] NumericEquals 1",
        f"{TAG} StringEquals @Principal[Microsoft.Directory/CustomSecurityAttributes/Id:Set_Name]",
    ],
)
def test_what_can_be_supplied_is_left_alone(text: str) -> None:
    assert problems(text) == []


def test_a_problem_points_at_its_attribute() -> None:
    text = f"Exists @Resource[{SECRET}] AND @Request[Contoso/x:y] StringEquals 'x'"
    (problem,) = attribute_problems(parse(text))
    assert text[slice(*problem.span)] == "@Request[Contoso/x:y]"
