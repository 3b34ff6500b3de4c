"""The rules that federated credentials keep, wherever they are declared.

Rules:
- a name has 3 to 120 letters, digits, `-` and `_`, and begins with a letter or digit;
- issuer, subject and audience have at most 600 characters each, and none at their ends that is blank; there
  are no wildcards: all three match a token exactly, or the credential does not match;
- an issuer is an https URL without user, query or fragment;
- there is exactly one audience;
- an owner (a user-assigned identity, or an application) has at most 20, each with its own pair of issuer and
  subject.

Pure. Source: https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from keyless.model.identities import FederatedCredential

DEFAULT_AUDIENCE = "api://AzureADTokenExchange"
EXCHANGE_CLIENT_ID = "fb60f99c-7a34-4190-8149-302f77469936"
"""The client id of the token exchange in Entra: what its own tokens of version 2.0 say for that audience."""
MOST = 20
LONGEST = 600
NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{2,119}"
ISSUER = r"https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:/[^\s?#*]*)?"
SITE_ISSUER = r"https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)*"
"""An issuer of one's own: documents are found below it, so that it has no slash at its end."""
EXACT = r"[^\s*\u0000-\u001f](?:[^*\u0000-\u001f]*[^\s*\u0000-\u001f])?"


class Problem(NamedTuple):
    """What is wrong with a federated credential: in which ``field`` of it, and what to write instead."""

    field: str
    message: str
    hint: str


def problems_of(credential: FederatedCredential) -> Iterator[Problem]:
    """What is wrong with one credential, taken by itself."""
    if not re.fullmatch(NAME, credential.name):
        yield Problem(
            "name",
            f"`{credential.name}` cannot be a federated credential's name",
            "use 3 to 120 letters, digits, `-` and `_`, beginning with a letter or digit",
        )
    for field, value, pattern, wants in (
        ("issuer", credential.issuer, ISSUER, "an https URL without query or fragment"),
        ("subject", credential.subject, EXACT, "text without `*`: it matches exactly"),
        ("audience", credential.audience, EXACT, f"one audience, such as `{DEFAULT_AUDIENCE}`"),
    ):
        if len(value) > LONGEST or not re.fullmatch(pattern, value, re.DOTALL):
            yield Problem(
                field,
                f"`{value[:60]}` cannot be a federated credential's {field}",
                f"use {wants}, of at most {LONGEST} characters",
            )


def problems_together(credentials: Sequence[FederatedCredential]) -> Iterator[tuple[int, Problem]]:
    """What is wrong with the credentials of one owner, taken together: at which of them, and what."""
    seen: dict[tuple[str, str], FederatedCredential] = {}
    for position, credential in enumerate(credentials):
        before = seen.setdefault((credential.issuer, credential.subject), credential)
        if before is not credential:
            yield (
                position,
                Problem(
                    "subject",
                    f"`{before.name}` has the same issuer and subject already",
                    "keep one of them: the pair is unique for an identity or application",
                ),
            )
    if len(credentials) > MOST:
        yield (
            MOST,
            Problem("name", f"more than {MOST} federated credentials", "use another identity for the rest"),
        )


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """A name for a credential that nobody has named: the one wanted, or that with a number."""
    known = {name.casefold() for name in taken}
    base = re.sub(r"[^A-Za-z0-9_-]+", "-", wanted)[:110]
    name, number = base, 1
    while name.casefold() in known:
        number += 1
        name = f"{base}-{number}"
    return name
