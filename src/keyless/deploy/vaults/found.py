"""What a source holds for a vault: objects to come in, and what cannot.

Rules for names:
- Key Vault takes 1 to 127 ASCII letters, digits and hyphens, and tells no cases apart;
- in names of environment variables and settings every other character becomes a hyphen, and `:` two
  (`DB_PASSWORD` is `DB-PASSWORD`, `Orders:Key` and `Orders__Key` are `Orders--Key`), as configuration
  providers read them; whoever brings them is told;
- names that become the same are refused together, since neither is more right.

Source: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-types,
https://learn.microsoft.com/aspnet/core/security/key-vault-configuration (`--` for `:`)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from keyless.deploy.sources import Left
from keyless.model.nearest import quoted_list
from keyless.model.secret_text import SecretText
from keyless.planes.keyvault.arrivals import Arrival
from keyless.planes.keyvault.objects.records import Version
from keyless.planes.keyvault.secrets.properties import NO_PROPERTIES, SecretProperties, new_version
from keyless.planes.keyvault.secrets.records import SECRET, SecretVersion
from keyless.planes.keyvault.vaults import check_name

MOST_CHARACTERS = 127
_OTHER = re.compile(r"[^0-9A-Za-z-]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Making:
    """What new versions need: the estate's time in epoch seconds, and ids."""

    now: int
    new_id: Callable[[], str]


@dataclass(slots=True)
class Found:
    """What a source holds."""

    arrivals: list[Arrival[Any]] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    _called: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def add(self, arrival: Arrival[Any], called: str | None = None) -> None:
        """Note an object that can come in, and what it is called in the source."""
        self.arrivals.append(arrival)
        self._called.setdefault(_place(arrival), []).append(called or arrival.name)

    def called(self, arrival: Arrival[Any]) -> str:
        """What an object is called in the source."""
        return self._called[_place(arrival)][0]

    def clashes(self) -> list[str]:
        """In words, every name that several things would get."""
        return [
            f"{quoted_list(called, 'and')} would all be {noun} `{name}`"
            for (noun, name), called in self._called.items()
            if len(called) > 1
        ]


def _place(arrival: Arrival[Any]) -> tuple[str, str]:
    return arrival.kind.noun, arrival.name.casefold()


def name_in_vault(name: str) -> str:
    """A name of a setting or variable, as a vault takes it.

    Raises:
        ValueError: no name comes of it.
    """
    changed = _OTHER.sub("-", name.replace(":", "--"))
    if not name.isascii() or not 1 <= len(changed) <= MOST_CHARACTERS:
        raise ValueError(
            f"no name of a vault comes of it: 1 to {MOST_CHARACTERS} letters, digits and hyphens"
        )
    return changed


def secret_arrival(
    name: str,
    value: SecretText,
    making: Making,
    properties: SecretProperties = NO_PROPERTIES,
    version_id: str | None = None,
) -> Arrival[SecretVersion]:
    """A secret with one version; what ``properties`` do not say is not compared.

    Raises:
        InvalidRequest: the name, the value or a property is not allowed.
    """
    version = new_version(version_id or making.new_id(), value, properties, making.now)

    def says_the_same(found: SecretVersion) -> bool:
        return found.value == version.value and has(found, _said(properties))

    return Arrival(SECRET, check_name(name), (version,), says_the_same=says_the_same)


def _said(properties: SecretProperties) -> dict[str, object]:
    said = {name: getattr(properties, name) for name in properties.__struct_fields__}
    return {name: value for name, value in said.items() if value is not None}


def has(version: Version, said: dict[str, object]) -> bool:
    """Whether a version has these properties; no tags are as good as an empty set of them."""
    return all((getattr(version, name) or None) == (value or None) for name, value in said.items())
