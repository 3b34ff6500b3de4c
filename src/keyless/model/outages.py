"""Outages: what is down in an estate because somebody has taken it down, to see what an app makes of it.

Rules:
- what can be down is what a client connects to: the endpoint of a vault, a store or a replica, by its host
  name; the sign-in endpoints together; the endpoints that give managed identities their tokens, together;
- one that is `unavailable` answers everything with 503; one that is `unreachable` does not answer.
"""

from __future__ import annotations

import enum

import msgspec

IDENTITY = "identity"
"""Whoever gives managed identities their tokens: these endpoints are down together, under this name."""
LOGIN = "login"
"""The sign-in endpoints, by all of their host names."""


class Manner(enum.StrEnum):
    """How something is down."""

    UNAVAILABLE = "unavailable"
    UNREACHABLE = "unreachable"


class Outage(msgspec.Struct, frozen=True, rename="camel"):
    """Something that is down since a time (epoch seconds).

    ``endpoint`` is a host name in lower case, `identity` or `login`; ``what`` is what a person calls it.
    """

    endpoint: str
    what: str
    manner: Manner
    since: int
