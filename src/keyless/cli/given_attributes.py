"""The attributes that conditions are explained on: those that a person gives, those that a scope tells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from keyless.authz.conditions.attributes import KEY, LABEL, SECRET_NAME, VAULT_NAME, known_for
from keyless.cli.failure import Failure
from keyless.model.attributes import Attributes, AttributeSource, Value
from keyless.model.resource_id import ResourceId
from keyless.model.resources import STORE_TYPE, VAULT_TYPE, key_and_label

_GIVEN = re.compile(r"@(?P<source>\w+)\[(?P<name>[^\]]+)\]=(?P<value>.*)", re.DOTALL)


def given_attributes(texts: Iterable[str]) -> Attributes:
    """Attributes from texts such as `@Request[Microsoft.KeyVault/vaults/secrets:name]=db`.

    Numbers, `true` and `false` and lists are read as JSON has them; in double quotes they are texts.

    Raises:
        Failure: a text is not of that form.
    """
    found: dict[AttributeSource, dict[str, Value]] = {}
    sources = {source.casefold(): source for source in AttributeSource}
    for text in texts:
        match = _GIVEN.fullmatch(text.strip())
        source = sources.get(match["source"].casefold()) if match else None
        if match is None or source is None:
            raise Failure(f"`{text}` is no attribute: write it as in `@Request[NAME]=VALUE`", 2)
        found.setdefault(source, {})[match["name"].strip()] = _value(match["value"])
    return found


def attributes_of(action: str, scope: ResourceId, utc_now: str, given: Attributes) -> Attributes:
    """What is known of a call by its action, scope and time; what is given counts before all that."""
    told = _told_by(scope)
    found: dict[AttributeSource, dict[str, Value]] = {AttributeSource.ENVIRONMENT: {"UtcNow": utc_now}}
    for known in known_for(action):
        if known.hosted and known.name in told:
            found.setdefault(known.source, {})[known.name] = told[known.name]
    for source, named in given.items():
        mine = found.setdefault(source, {})
        folded = {name.casefold() for name in named}
        found[source] = {n: v for n, v in mine.items() if n.casefold() not in folded} | dict(named)
    return found


def _told_by(scope: ResourceId) -> Mapping[str, Value]:
    vault, store = scope.ancestor_of_type(VAULT_TYPE), scope.ancestor_of_type(STORE_TYPE)
    told: dict[str, Value] = {}
    if vault is not None:
        told[VAULT_NAME] = vault.name
    if scope.is_type(f"{VAULT_TYPE}/secrets"):
        told[SECRET_NAME] = scope.name
    if store is not None and scope.is_type(f"{STORE_TYPE}/keyValues"):
        told[KEY], told[LABEL] = key_and_label(scope)
    return told


def _value(text: str) -> Value:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
        return tuple(value)
    return value if isinstance(value, str | int | float) else text
