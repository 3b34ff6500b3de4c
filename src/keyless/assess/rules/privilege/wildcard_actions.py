"""Custom roles that allow actions by wildcards.

Rules:
- a role is looked at in templates and in the JSON files that `az role definition create` takes;
- all actions are of high severity, all of one provider or kind of resource of medium, and of low where they
  are only ever read;
- actions that are taken out (`notActions`) are no wildcards in this sense.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from keyless.assess.deployed.custom_roles import body_of, permission_blocks
from keyless.assess.findings.finding import Confidence, Finding, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.syntax.expressions import Items, Literal, Record, entry_of, within
from keyless.assess.syntax.records import text_at
from keyless.assess.syntax.span import Place

_LISTS = ("actions", "dataActions", "data_actions")
_TYPES = ("microsoft.authorization/roledefinitions", "azurerm_role_definition")


@dataclass(frozen=True, slots=True)
class _Role:
    path: str
    subject: str
    blocks: tuple[Record, ...]


def _check(repository: Repository) -> Iterable[Finding]:
    for role in (*_in_templates(repository), *_in_documents(repository)):
        wild = [one for block in role.blocks for one in _wildcards(block)]
        if wild:
            yield _finding(role, wild)


def _finding(role: _Role, wild: list[Literal]) -> Finding:
    worst = min(wild, key=lambda one: list(Severity).index(_severity(str(one.value))))
    named = ", ".join(f"`{one.value}`" for one in wild[:3]) + (" and others" if len(wild) > 3 else "")
    return Finding(
        rule="wildcard-actions",
        place=Place(role.path, worst.span),
        message=f"the custom role `{role.subject}` allows {named}: list what it needs, one by one",
        severity=_severity(str(worst.value)),
        confidence=Confidence.HIGH,
        subject=role.subject,
    )


def _severity(action: str) -> Severity:
    if action == "*":
        return Severity.HIGH
    return Severity.LOW if action.casefold().endswith("/read") else Severity.MEDIUM


def _wildcards(block: Record) -> Iterator[Literal]:
    for key in _LISTS:
        entry = entry_of(block, key)
        for one in within(entry.value) if entry is not None else ():
            if isinstance(one, Literal) and isinstance(one.value, str) and _is_wild(one.value):
                yield one


def _is_wild(action: str) -> bool:
    return action == "*" or ("*" in action and "/" in action)


def _in_templates(repository: Repository) -> Iterator[_Role]:
    for template in repository.templates:
        for resource in template.resources:
            if resource.existing or resource.type.casefold() not in _TYPES:
                continue
            blocks = tuple(permission_blocks(body_of(resource.body)))
            yield _Role(template.path, resource.symbol, blocks)


def _in_documents(repository: Repository) -> Iterator[_Role]:
    for document in repository.documents:
        for root in document.roots:
            for role in root.items if isinstance(root, Items) else (root,):
                body = body_of(role)
                if isinstance(body, Record) and entry_of(body, "assignableScopes") is not None:
                    blocks = (body, *permission_blocks(body))
                    yield _Role(document.path, _name(body), blocks)


def _name(body: Record) -> str:
    return text_at(body, "roleName") or text_at(body, "name") or "role"


RULE = Rule(
    id="wildcard-actions",
    group=Group.PRIVILEGE,
    title="A custom role allows actions by wildcards",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    why=(
        "A wildcard allows what its provider adds later as well: nobody decided on those actions, and nobody "
        "will hear of them."
    ),
    instead="List the actions and data actions that the role is for. `keyless plan` shows which were used.",
    sources=(
        "https://learn.microsoft.com/azure/role-based-access-control/best-practices",
        "https://learn.microsoft.com/azure/role-based-access-control/custom-roles",
    ),
    check=_check,
)
