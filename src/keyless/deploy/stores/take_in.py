"""Bringing what a source holds into a configuration store: all of it in one step, or nothing.

Rules:
- what looks like a secret is held back; where a vault is named for secrets, it becomes a secret there, and a
  Key Vault reference in its place comes into the store, in the same step;
- a feature flag stays held back: what reads it would not follow a reference;
- a secret is called after its key, in the form that vaults take. Keys that would give one name are refused;
  one key with several labels gives one secret, unless its values differ;
- a secret of that name with another value is refused, unless what differs is to be renewed;
- where the source is to be the whole of its part of the store, what it does not have is removed: only what
  was agreed to, where somebody was asked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from keyless.deploy.sources import Choice, Left, NotASource
from keyless.deploy.stores.found import FoundSettings, is_flag_key
from keyless.deploy.stores.held_back import why_held_back
from keyless.deploy.vaults.found import Found, Making, name_in_vault, secret_arrival
from keyless.estate.key_values import REFERENCE_TYPE, reference_value, secret_uri
from keyless.model.resource_id import ResourceId
from keyless.model.resources import ConfigurationStore, Vault
from keyless.model.secret_text import SecretText
from keyless.planes.appconfig.key_values.arrivals import Arrival, Arrived, coming_in
from keyless.planes.appconfig.key_values.records import Name
from keyless.planes.appconfig.key_values.rules import Content
from keyless.planes.appconfig.key_values.service import KeyValues
from keyless.planes.keyvault.arrivals import Arrival as SecretArrival
from keyless.planes.keyvault.arrivals import Arrived as ArrivedSecret
from keyless.planes.keyvault.arrivals import coming_in as secrets_coming_in
from keyless.planes.keyvault.secrets.properties import SecretProperties
from keyless.store.ports import Store
from keyless.wire.errors import WireError

_FLAG = "a feature flag cannot be a Key Vault reference: take the secret out of it"

Source = Callable[[], Awaitable[FoundSettings]]
"""Reads what is to come into a store."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How it is to come in.

    ``renew`` what differs; ``allow`` are the keys that come in as they are whatever they look like; with
    ``whole`` what the source does not have is removed, of these names where ``agreed`` is given; without
    ``keep`` nothing is written.
    """

    renew: bool = False
    allow: Choice = field(default_factory=lambda: Choice(leave_out=("*",)))
    whole: bool = False
    agreed: frozenset[Name] | None = None
    keep: bool = True


class HeldBack(NamedTuple):
    """A key-value that looks like a secret, and why."""

    name: Name
    why: str


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of everything. ``references`` says which secret stands for a key-value."""

    arrived: list[Arrived]
    left: list[Left]
    held_back: list[HeldBack]
    secrets: list[ArrivedSecret] = field(default_factory=list)
    references: dict[Name, str] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether something kept all from being written."""
        return any(one.outcome.refused for one in self.arrived) or any(
            one.outcome.refused for one in self.secrets
        )


async def take_in(
    store: Store,
    key_values: KeyValues,
    target: ConfigurationStore,
    vault: Vault | None,
    found: FoundSettings,
    wish: Wish,
    making: Making,
) -> TakenIn:
    """Bring what was found into a store, and what looks like a secret into a vault.

    Raises:
        NotASource: things in it are in each other's way.
    """
    if found.clashes:
        raise NotASource("\n".join(found.clashes))
    if wish.whole and found.unread:
        raise NotASource("not all of it can be read: nothing is removed by what it seems not to have")
    parts = _parted(found.arrivals, target, wish)
    if vault is not None:
        parts.move(vault, making)
    held = {one.name for one in parts.held_back}

    def goes(name: Name) -> bool:
        agreed = wish.agreed is None or name in wish.agreed
        return agreed and name not in held and found.covers(name) and not found.knows(name)

    async with store.transaction() as transaction:
        coming = await coming_in(
            transaction,
            target.name,
            parts.plain,
            renew=wish.renew,
            goes=goes if wish.whole else None,
        )
        secrets = None
        if vault is not None:
            secrets = await secrets_coming_in(
                transaction, vault, parts.secrets, renew=wish.renew, now=making.now
            )
        arrived = secrets.arrived if secrets is not None else []
        done = TakenIn(coming.arrived, [*found.left, *parts.left], parts.held_back, arrived, parts.references)
        if wish.keep and not done.refused:
            await coming.write(transaction, key_values, target.name, making.now)
            if secrets is not None:
                await secrets.write()
    return done


@dataclass(slots=True)
class _Parts:
    """What comes in as it is, and what is held back with what it holds."""

    plain: list[Arrival] = field(default_factory=list)
    held_back: list[HeldBack] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    secrets: list[SecretArrival[Any]] = field(default_factory=list)
    references: dict[Name, str] = field(default_factory=dict)
    _held: list[Arrival] = field(default_factory=list)

    def hold(self, arrival: Arrival, why: str) -> None:
        """Hold a key-value back."""
        self._held.append(arrival)
        self.held_back.append(HeldBack(arrival.name, why))

    def move(self, vault: Vault, making: Making) -> None:
        """Let secrets of a vault take the place of what is held back, as far as the vault takes them."""
        of_vault = Found()
        known: dict[tuple[str, SecretText], str] = {}
        moved: set[Name] = set()
        for one in self._held:
            if is_flag_key(one.name.key):
                self.left.append(Left(one.name.key, _FLAG))
                continue
            text = SecretText(one.content.value or "")
            try:
                secret = known.get((one.name.key, text)) or self._moved(of_vault, one, text, making)
            except (WireError, ValueError) as error:
                self.left.append(Left(one.name.key, str(error)))
                continue
            known[one.name.key, text] = secret
            self.references[one.name] = secret
            self.plain.append(_reference(one, vault, secret))
            moved.add(one.name)
        if clashes := of_vault.clashes():
            raise NotASource("\n".join(clashes))
        self.secrets = of_vault.arrivals
        self.held_back = [one for one in self.held_back if one.name not in moved]

    def _moved(self, of_vault: Found, one: Arrival, text: SecretText, making: Making) -> str:
        """The name of the secret that a key-value becomes; raises where it cannot."""
        name = name_in_vault(one.name.key)
        properties = SecretProperties(content_type=one.content.content_type)
        labelled = f", label {one.name.label}" if one.name.label else ""
        of_vault.add(secret_arrival(name, text, making, properties), one.name.key + labelled)
        return name


def _parted(arrivals: Iterable[Arrival], target: ConfigurationStore, wish: Wish) -> _Parts:
    store = ResourceId.parse(target.resource_id)
    parts = _Parts()
    for one in arrivals:
        why = "" if wish.allow.takes(one.name.key) else why_held_back(store, one.name.key, one.content)
        if why:
            parts.hold(one, why)
        else:
            parts.plain.append(one)
    return parts


def _reference(one: Arrival, vault: Vault, secret: str) -> Arrival:
    """The key-value that points to the secret, with all else that the original has."""
    content: Content = replace(
        one.content,
        value=reference_value(secret_uri(vault.name.lower(), secret)),
        content_type=REFERENCE_TYPE,
    )
    return replace(one, content=content)
