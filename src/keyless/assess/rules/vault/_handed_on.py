"""What secret an output hands on.

Rules:
- what is secret wherever it stands counts: a key of a resource, a secure parameter, a drawn password;
- a resource's password counts, however it came there: a text that is written, a variable that is not declared
  secret, a drawn text. So does a parameter whose name says that it is a password or a key;
- so does what Terraform reads from a vault, which an output copies out of it; a reference to a vault's secret
  leaves it there;
- so does a whole resource that keeps a key in one of its attributes (`azuread_application_password.app`);
- a text that only stands for a value, and an address, is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from keyless.assess.flows.ends import PLACEHOLDER, ended
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.flows.origins import template_origins
from keyless.assess.flows.spot import Spot
from keyless.assess.repository import Repository
from keyless.assess.rules.vault._secrets import secrets_in, what_it_is
from keyless.assess.rules.vault.secret_in_deployment import is_secret_name
from keyless.assess.syntax.expressions import (
    Entry,
    Expr,
    Index,
    Items,
    Joined,
    Literal,
    Member,
    Name,
    Record,
    text_of,
    within,
)
from keyless.assess.syntax.templates import Dialect, Template
from keyless.catalog.resource_keys import key_attributes

_PASSWORD = re.compile(r"(admin_|administrator_|administrator_login_|admin_login_|user_|login_)?password")
_OPEN = frozenset({Origin.WRITTEN, Origin.PARAMETER, Origin.GENERATED})
"""Where a password comes from that nothing says is secret but the place that it is put."""


def handed_on(repository: Repository, template: Template, value: Expr) -> Flow | None:
    """How something secret gets into the value of an output; none where nothing secret does."""
    each = (_in_value(repository, template, one) for one in _values(value))
    return next((flow for flow in each if flow is not None), None)


def _values(value: Expr) -> Iterator[Expr]:
    """A value; those of its entries where it is a record, and its items where it is a list."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Record):
            waiting += [entry.value for entry in reversed(one.entries)]
        elif isinstance(one, Items):
            waiting += reversed(one.items)
        else:
            yield one


def _in_value(repository: Repository, template: Template, value: Expr) -> Flow | None:
    found = secrets_in(repository, template, value)
    if found:
        return found[0]
    flows = template_origins(repository, template, value)
    copied = next((flow for flow in flows if _is_copied(template, flow)), None)
    return copied or _whole(template, value) or next(_passwords(repository, flows), None)


def what_is_handed_on(flow: Flow) -> str:
    """What it is, in words that name no value."""
    if flow.secret or flow.origin not in _OPEN:
        return what_it_is(flow)
    return f"the password in `{flow.name}`" if flow.origin is Origin.PARAMETER else "a password"


def _is_copied(template: Template, flow: Flow) -> bool:
    """Whether a flow brings what was read from a vault, and not where it lies there."""
    read = flow.origin is Origin.VAULT and not isinstance(flow.at, Literal | Joined)
    return read and template.dialect is Dialect.TERRAFORM


def _passwords(repository: Repository, flows: Iterable[Flow]) -> Iterator[Flow]:
    entries = repository.view(password_entries)
    for flow in flows:
        if flow.origin not in _OPEN or flow.name == PLACEHOLDER:
            continue
        named = flow.origin is Origin.PARAMETER and is_secret_name(flow.name)
        if named or any((step.place.path, step.place.span.start) in entries for step in flow.steps):
            yield flow


def password_entries(repository: Repository) -> frozenset[tuple[str, int]]:
    """Where the resources of Terraform are given passwords, by file and offset."""
    return frozenset(
        (template.path, entry.span.start)
        for template in repository.templates
        if template.dialect is Dialect.TERRAFORM
        for resource in template.resources
        for entry in _entries(resource.body)
        if _PASSWORD.fullmatch(text_of(entry.key) or "")
    )


def _entries(body: Record) -> Iterator[Entry]:
    for part in within(body):
        if isinstance(part, Record):
            yield from part.entries


def _whole(template: Template, value: Expr) -> Flow | None:
    """A whole resource of Terraform, with the keys among its attributes."""
    one = value.base if isinstance(value, Index) else value
    if template.dialect is not Dialect.TERRAFORM or not isinstance(one, Member):
        return None
    kind = one.base.id if isinstance(one.base, Name) else ""
    service = next((of for (known, _), of in key_attributes().items() if known == kind), None)
    if service is None:
        return None
    spot = Spot(template.path, None, template)
    what = f"the whole of `{kind}.{one.name}`, with its keys"
    return ended(Origin.KEY_OF_RESOURCE, spot, value, what, service=service, subject=one.name, secret=True)
