"""The errors that denied calls get, read back: who was denied what, and where.

Rules:
- a text may hold anything around the error (a log, a stack trace, a JSON body), and several errors;
- read are the sentences of Key Vault (roles and access policies), App Configuration and Azure Resource
  Manager, as ``wire/shapes.py`` and ``wire/resource_manager_words.py`` write them, and Azure does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from keyless.model.actions import ActionPlane

_BREAK = r"(?:\\+[rn]|\s){0,20}"
_KEY_VAULT = re.compile(
    r"Caller: [^\n]{0,500}?oid=(?P<who>[^;\s\\]{1,100})[^\n]{0,500}?"
    + _BREAK
    + r"Action: '(?P<action>[^']+)'"
    rf"{_BREAK}Resource: '(?P<scope>[^']+)'",
    re.DOTALL,
)
_POLICY = re.compile(
    r"'appid=[^']{0,500}?oid=(?P<who>[^;'\s]{1,100})[^']{0,500}' does not have "
    r"(?P<permission>[\w ]{1,100}?) permission on key vault '(?P<vault>[^;']+)"
)
_CONFIGURATION = re.compile(
    r"The principal with object id '(?P<who>[^']+)' \(application id '[^']*'\) is not authorized to perform "
    r"'(?P<action>[^']+)' at '(?P<scope>[^']+)'"
)
_CLIENT = r"The client '[^']*' with object id '(?P<who>[^']+)' "
_MANAGEMENT = re.compile(
    _CLIENT + r"(?:does not have authorization to perform action '(?P<action>[^']+)' over scope "
    r"'(?P<scope>[^']+)'"
    r"|has permission to perform action '(?P<denied>[^']+)' on scope '(?P<denied_scope>[^']+)'; however, "
    r"(?:the access is denied because of the deny assignment"
    r"|it does not have permission to perform action\(s\) '(?P<linked>[^']+)' on the linked scope\(s\) "
    r"'(?P<linked_scope>[^']+)'))"
)


@dataclass(frozen=True, slots=True)
class DeniedCall:
    """Who was denied what, where: by object id, and by the scope's text."""

    principal_id: str
    plane: ActionPlane
    action: str
    scope: str


@dataclass(frozen=True, slots=True)
class DeniedByPolicy:
    """Whom a vault's access policies do not give a permission, such as `secrets/get`."""

    principal_id: str
    permission: str
    vault: str


Found = DeniedCall | DeniedByPolicy


def denials_in(text: str) -> tuple[Found, ...]:
    """Every denial that a text tells of, each once, in the order of the text."""
    found = sorted((*_by_roles(text), *_by_policies(text)), key=lambda one: one[0])
    return tuple(dict.fromkeys(denial for _, denial in found))


def _by_roles(text: str) -> Iterator[tuple[int, Found]]:
    for pattern in (_KEY_VAULT, _CONFIGURATION):
        for match in pattern.finditer(text):
            yield (
                match.start(),
                DeniedCall(match["who"], ActionPlane.DATA, match["action"], match["scope"]),
            )
    for match in _MANAGEMENT.finditer(text):
        action = match["action"] or match["linked"] or match["denied"]
        scope = match["scope"] or match["linked_scope"] or match["denied_scope"]
        yield match.start(), DeniedCall(match["who"], ActionPlane.CONTROL, action, scope)


def _by_policies(text: str) -> Iterator[tuple[int, Found]]:
    for match in _POLICY.finditer(text):
        yield (
            match.start(),
            DeniedByPolicy(match["who"], match["permission"].replace(" ", "/", 1), match["vault"]),
        )
