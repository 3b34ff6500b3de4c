"""What turns keys and passwords of a resource type off: the property, the value, and what holds without it.

Rules:
- a row is one property of one type; `absent` says what holds where it is not written: keys are `on`, `off`,
  or `unknown` because that hangs on the api-version or on how the resource is made;
- a property that is a list (`allowedAuthenticationModes`) is off where none of `onWith` is in it;
- `needs` is what must be written for `off` to be accepted, `unless` what must not: an edit is offered only
  where that is so;
- `exceptWhere` names variants of the type that take nothing but keys: nothing is said about those;
- `onlyWhere` is what must be written for the absence of the property to mean that keys are on;
- before the api-version `since` the property does not exist, so that setting it takes a newer one as well.

Sources: https://learn.microsoft.com/azure/templates/ (each type's reference),
https://learn.microsoft.com/azure/governance/policy/samples/built-in-policies
"""

from __future__ import annotations

import enum
from functools import lru_cache

import msgspec

from keyless.catalog.files import read_data


class Absent(enum.StrEnum):
    """What holds where the property is not written."""

    ON = "on"
    OFF = "off"
    UNKNOWN = "unknown"


class Where(msgspec.Struct, frozen=True):
    """A property with one of some values; a list counts where it has one of them, at any depth."""

    path: str
    values: tuple[str | bool, ...]


class LocalAuth(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One property that turns stored credentials of a type off.

    ``rule`` is the rule that speaks of it, ``service`` the key of the catalog's service, ``takes`` what the
    resource takes while it is on (`account keys`), ``off`` the value that turns it off.
    """

    rule: str
    arm_type: str
    service: str
    path: str
    off: str | bool
    takes: str
    absent: Absent = Absent.ON
    on_with: tuple[str, ...] = ()
    needs: tuple[Where, ...] = ()
    unless: tuple[str, ...] = ()
    except_where: tuple[Where, ...] = ()
    only_where: tuple[Where, ...] = ()
    since: str = ""
    minor: bool = False
    """Whether what the credentials open is of little worth: telemetry, registration of agents."""
    note: str = ""


class _File(msgspec.Struct, frozen=True):
    switches: tuple[LocalAuth, ...]


@lru_cache(maxsize=1)
def local_auth() -> tuple[LocalAuth, ...]:
    """Every row."""
    return msgspec.json.decode(read_data("local_auth.json"), type=_File).switches


@lru_cache(maxsize=16)
def local_auth_of(rule: str) -> dict[str, tuple[LocalAuth, ...]]:
    """The rows that a rule speaks of, by their type in lower case."""
    found: dict[str, tuple[LocalAuth, ...]] = {}
    for row in local_auth():
        if row.rule == rule:
            key = row.arm_type.casefold()
            found[key] = (*found.get(key, ()), row)
    return found
