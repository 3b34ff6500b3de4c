"""The attributes that conditions are known to look at: of which source, of which type, for which actions.

A condition is read whatever attributes it names, as one that nobody supplies only ever denies. This table is
for saying so beforehand: to whoever writes a condition, before it is deployed.

- ``hosted`` are those that our own planes supply; the others are Azure's, for services that are not here;
- a custom security attribute (`@Principal[Microsoft.Directory/CustomSecurityAttributes/Id:Set_Name]`) and a
  tag (`…/tags:Key<$key_case_sensitive$>`) have names of their own after the colon, and are known by what
  stands before it;
- the two attributes of App Configuration are ours: Azure has documented none for it (see the divergences).

Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-authorization-actions-attributes
Source: https://learn.microsoft.com/azure/key-vault/general/rbac-abac
Source: https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-attributes (and for queues)
Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-format#environment-attributes
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keyless.authz.conditions.condition import Condition
from keyless.authz.conditions.operators import Family
from keyless.authz.conditions.tree import (
    ActionMatches,
    Attribute,
    Comparison,
    Leaf,
    Span,
    attributes_of,
    leaves,
)
from keyless.model.actions import any_matches
from keyless.model.attributes import AttributeSource
from keyless.model.nearest import nearest, quoted_list

_ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"
_VAULTS = "Microsoft.KeyVault/vaults"
_SECRETS = f"{_VAULTS}/secrets"
_KEY_VALUES = "Microsoft.AppConfiguration/configurationStores/keyValues"
_STORAGE = "Microsoft.Storage/storageAccounts"
_CONTAINERS = f"{_STORAGE}/blobServices/containers"
_BLOBS = f"{_CONTAINERS}/blobs"
_BLOB_ACTIONS = (f"{_BLOBS}/*",)
_QUEUES = f"{_STORAGE}/queueServices/queues"
_EVERYWHERE = ("*",)
_REQUEST, _RESOURCE = AttributeSource.REQUEST, AttributeSource.RESOURCE
_PRINCIPAL, _ENVIRONMENT = AttributeSource.PRINCIPAL, AttributeSource.ENVIRONMENT

VAULT_NAME = f"{_VAULTS}:name"
SECRET_NAME = f"{_SECRETS}:name"
KEY = f"{_KEY_VALUES}:key"
LABEL = f"{_KEY_VALUES}:label"
ROLE_DEFINITION_ID = f"{_ASSIGNMENTS}:RoleDefinitionId"
PRINCIPAL_ID = f"{_ASSIGNMENTS}:PrincipalId"
PRINCIPAL_TYPE = f"{_ASSIGNMENTS}:PrincipalType"
CUSTOM_SECURITY_ATTRIBUTES = "Microsoft.Directory/CustomSecurityAttributes/Id:"


@dataclass(frozen=True, slots=True)
class KnownAttribute:
    """An attribute, its type (None: whatever was given) and the patterns of the actions that supply it.

    A ``name`` that ends in a colon stands for every name that begins with it.
    """

    source: AttributeSource
    name: str
    family: Family | None
    actions: tuple[str, ...]
    hosted: bool = False

    def is_meant_by(self, attribute: Attribute) -> bool:
        """Whether it is this attribute that is named, whatever the source."""
        ours, theirs = self.name.casefold(), attribute.name.casefold()
        return theirs.startswith(ours) if ours.endswith(":") else theirs == ours


@dataclass(frozen=True, slots=True)
class AttributeProblem:
    """A clause that no known action can evaluate as it is written; ``span`` is the attribute's."""

    span: Span
    message: str


def _hosted(source: AttributeSource, name: str, family: Family, *actions: str) -> KnownAttribute:
    return KnownAttribute(source, name, family, actions, hosted=True)


_EXISTING_SECRET = (
    f"{_SECRETS}/getSecret/action",
    f"{_SECRETS}/readMetadata/action",
    f"{_SECRETS}/update/action",
    f"{_SECRETS}/rotate/action",
    f"{_SECRETS}/delete",
    f"{_SECRETS}/backup/action",
    f"{_SECRETS}/recover/action",
    f"{_SECRETS}/purge/action",
)

_HOSTED = (
    *(
        _hosted(source, name, family, f"{_ASSIGNMENTS}/{verb}")
        for source, verb in ((_REQUEST, "write"), (_RESOURCE, "delete"))
        for name, family in (
            (ROLE_DEFINITION_ID, Family.GUID),
            (PRINCIPAL_ID, Family.GUID),
            (PRINCIPAL_TYPE, Family.TEXT),
        )
    ),
    _hosted(_RESOURCE, VAULT_NAME, Family.TEXT, f"{_SECRETS}/*"),
    _hosted(_RESOURCE, SECRET_NAME, Family.TEXT, *_EXISTING_SECRET),
    _hosted(_REQUEST, SECRET_NAME, Family.TEXT, f"{_SECRETS}/setSecret/action", f"{_SECRETS}/restore/action"),
    *(
        _hosted(source, name, Family.TEXT, f"{_KEY_VALUES}/*")
        for source in (_REQUEST, _RESOURCE)
        for name in (KEY, LABEL)
    ),
    _hosted(_ENVIRONMENT, "UtcNow", Family.MOMENT, *_EVERYWHERE),
    KnownAttribute(_REQUEST, "subOperation", Family.TEXT, _EVERYWHERE, hosted=True),
)

_ELSEWHERE = (
    KnownAttribute(_PRINCIPAL, CUSTOM_SECURITY_ATTRIBUTES, None, _EVERYWHERE),
    KnownAttribute(_ENVIRONMENT, "isPrivateLink", Family.BOOLEAN, _EVERYWHERE),
    KnownAttribute(_ENVIRONMENT, "Microsoft.Network/privateEndpoints", Family.TEXT, _EVERYWHERE),
    KnownAttribute(_ENVIRONMENT, "Microsoft.Network/virtualNetworks/subnets", Family.TEXT, _EVERYWHERE),
    KnownAttribute(_RESOURCE, f"{_STORAGE}:name", Family.TEXT, (f"{_STORAGE}/*",)),
    KnownAttribute(_RESOURCE, f"{_STORAGE}:isHnsEnabled", Family.BOOLEAN, _BLOB_ACTIONS),
    KnownAttribute(_RESOURCE, f"{_STORAGE}/encryptionScopes:name", Family.TEXT, _BLOB_ACTIONS),
    KnownAttribute(_RESOURCE, f"{_CONTAINERS}:name", Family.TEXT, _BLOB_ACTIONS),
    KnownAttribute(_RESOURCE, f"{_CONTAINERS}/metadata:", Family.TEXT, _BLOB_ACTIONS),
    KnownAttribute(_RESOURCE, f"{_BLOBS}:path", Family.TEXT, _BLOB_ACTIONS),
    KnownAttribute(_RESOURCE, f"{_BLOBS}:isCurrentVersion", Family.BOOLEAN, _BLOB_ACTIONS),
    KnownAttribute(_REQUEST, f"{_BLOBS}:prefix", Family.TEXT, (f"{_BLOBS}/read",)),
    KnownAttribute(_REQUEST, f"{_BLOBS}:include", Family.TEXT, (f"{_BLOBS}/read",)),
    KnownAttribute(_REQUEST, f"{_BLOBS}:snapshot", Family.MOMENT, _BLOB_ACTIONS),
    KnownAttribute(_REQUEST, f"{_BLOBS}:versionId", Family.MOMENT, _BLOB_ACTIONS),
    *(
        KnownAttribute(source, name, Family.TEXT, _BLOB_ACTIONS)
        for source in (_REQUEST, _RESOURCE)
        for name in (f"{_BLOBS}/tags:", f"{_BLOBS}/tags&$keys$&")
    ),
    KnownAttribute(_RESOURCE, f"{_QUEUES}:name", Family.TEXT, (f"{_QUEUES}/*",)),
    KnownAttribute(
        _RESOURCE,
        "Microsoft.OperationalInsights/workspaces/tables:protectionLevel",
        Family.TEXT,
        ("Microsoft.OperationalInsights/workspaces/tables/data/read",),
    ),
    KnownAttribute(
        _RESOURCE,
        "Microsoft.Insights/logs/tables:protectionLevel",
        Family.TEXT,
        ("Microsoft.Insights/logs/data/read",),
    ),
    KnownAttribute(_RESOURCE, "HasObotoken", Family.BOOLEAN, _EVERYWHERE),
)

KNOWN = (*_HOSTED, *_ELSEWHERE)


def known_for(action: str) -> tuple[KnownAttribute, ...]:
    """The attributes that a condition on the action may look at."""
    return tuple(known for known in KNOWN if any_matches(known.actions, action))


def attribute_problems(condition: Condition) -> tuple[AttributeProblem, ...]:
    """The attributes of a condition that nothing can supply as they are used, in the order of the text."""
    clauses = list(leaves(condition.tree))
    targets = [pattern for each in clauses if isinstance(each, ActionMatches) for pattern in each.patterns]
    return tuple(
        AttributeProblem(attribute.span, message)
        for leaf in clauses
        for attribute in attributes_of(leaf)
        for message in _wrong(leaf, attribute, targets)
    )


def _wrong(leaf: Leaf, attribute: Attribute, targets: list[str]) -> Iterator[str]:
    """The first thing that is wrong with the use of an attribute, if anything is."""
    named = [known for known in KNOWN if known.is_meant_by(attribute)]
    here = [known for known in named if known.source is attribute.source]
    if not here:
        yield _not_of_source(attribute, named) if named else _unknown(attribute)
    elif not any(_fits(known, leaf) for known in here):
        yield f"`{attribute}` is compared with the operators that begin with `{here[0].family}`"
    elif targets and not any(_supplies(known, target) for known in here for target in targets):
        offered = quoted_list(sorted({action for known in here for action in known.actions}), "and")
        yield f"`{attribute}` is not known for {quoted_list(targets)}; it is for {offered}"


def _fits(known: KnownAttribute, leaf: Leaf) -> bool:
    return not isinstance(leaf, Comparison) or known.family in {None, leaf.operator.family}


def _supplies(known: KnownAttribute, target: str) -> bool:
    """Whether an action that the target stands for may supply the attribute."""
    return any_matches(known.actions, target) or any_matches((target,), known.actions[0])


def _not_of_source(attribute: Attribute, named: list[KnownAttribute]) -> str:
    sources = quoted_list(sorted({f"@{known.source}" for known in named}))
    return f"`{attribute.name}` is not an attribute of `@{attribute.source}`; write {sources}"


def _unknown(attribute: Attribute) -> str:
    close = nearest(attribute.name, (known.name for known in KNOWN), 1)
    meant = f"; did you mean `{close[0]}`?" if close else ""
    return f"`{attribute.name}` is not an attribute that is known to conditions{meant}"
