"""Secrets that are written in a file, by their shape, or by the name that they stand under.

Rules:
- shapes first: keys with a mark, connection strings and addresses with a password, signatures, tokens,
  private keys with their body. They count wherever they stand;
- what signs or encrypts in code has a key, whatever its name;
- then names: a value that is plausible as a secret under the name of one. A plain word under a password's
  name is told of only in settings, and hardly sure;
- what is for tests, examples and documentation is hardly sure, too: it may open something, and seldom does;
- a comment counts as well: a key that is commented out has leaked, and so has a whole assignment;
- lists of texts for people, and files that a tool has made, are not looked through for names.

No message has the value in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import chain

from keyless.assess.files.kinds import is_of_password
from keyless.assess.findings.finding import Confidence, Finding, Remedy, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.credentials._cluster import of_clusters
from keyless.assess.rules.credentials._texts import Key, Standing, Text, texts
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.settings.writers.where import is_example, is_for_tests, runs_from
from keyless.assess.syntax.span import Place, Span
from keyless.catalog.shapes.inside import credential_in
from keyless.catalog.shapes.plausible import Sureness, kept_value, key_given, secret_under
from keyless.catalog.shapes.shape import ValueShape

_ID = "secret-value"
_FAR = 5_000
_MOST_LINES = 5_000
_SHOWN = re.compile(
    r"(^|/)(i18n|l10n|locales?|lang|langs|languages|translations?|messages|docs?|documentation|examples?|samples?"
    r"|node_modules|vendor|third[_-]?party|dist|build|public|static|assets|wwwroot/lib|\.github/ISSUE_TEMPLATE)/"
    r"|(messages|strings|labels|resources)([._-]\w+)?\.(properties|json|ya?ml|xml)$|\.resx$|\.min\.\w+$"
    r"|(swagger|openapi)[^/]*\.(json|ya?ml)$|\.(md|rst|txt)$",
    re.IGNORECASE,
)
_WORDS_FOR_PEOPLE = re.compile(
    r"(^|/)(i18n|l10n|locales?|langs?|languages|translations?)/|(messages|strings|labels)([._-]\w+)?\.\w+$"
    r"|\.min\.\w+$|(swagger|openapi)[^/]*\.\w+$",
    re.IGNORECASE,
)
_WHAT = {
    "private-key": "a private key",
    "token": "a signed token",
    "client-secret": "a client secret of Microsoft Entra",
    "address-with-password": "an address with a password",
    "local-address-with-password": "an address with a password",
    "other-connection-string": "a connection string with its secret",
    "storage-sas": "a shared access signature",
    "messaging-sas": "a shared access signature",
    "application-credentials": "the secret of an application",
    "publish-profile": "a publish profile with its password",
    "annotated-key": "an access key",
    "connection-string-with-a-word": "a connection string with a password that is a word",
    "webhook": "the address of a webhook with its token",
    "pkcs12": "a certificate with its private key",
}


def _check(repository: Repository) -> Iterable[Finding]:
    seen: set[tuple[str, int]] = set()
    lines: set[tuple[str, int]] = set()
    for text in chain(of_clusters(repository), texts(repository)):
        finding = _found(text)
        if finding is None or (text.path, text.span.start) in seen:
            continue
        line = (text.path, finding.place.span.line)
        if text.standing is Standing.COMMENT and line in lines:
            continue
        seen.add((text.path, text.span.start))
        lines.add(line)
        yield finding


def _found(text: Text) -> Finding | None:
    shape = credential_in(text.text)
    if shape is not None:
        return _by_shape(text, shape)
    if text.key_of is not Key.NONE:
        return _given(text)
    if not text.name or text.span.column > _FAR or _is_for_people(text.path):
        return None
    sureness = secret_under(text.name, text.text)
    if text.standing is Standing.COMMENT:
        sure = Confidence.MEDIUM if sureness >= Sureness.RATHER else None
    else:
        sure = _by_standing(text.standing, sureness)
    return None if sure is None else _by_name(text, sure)


def _given(text: Text) -> Finding | None:
    """A text that something signs or encrypts with, or that a secret of a cluster keeps."""
    if text.key_of is Key.KEPT:
        return _by_name(text, Confidence.MEDIUM) if kept_value(text.text) else None
    if not key_given(text.text, takes_words=text.key_of is Key.ANY):
        return None
    return _finding(
        text, "a key that signs or encrypts is written here", _weighed(text, Confidence.MEDIUM), None
    )


@lru_cache(maxsize=4096)
def _is_for_people(path: str) -> bool:
    return _WORDS_FOR_PEOPLE.search(path) is not None


def _by_shape(text: Text, shape: ValueShape) -> Finding:
    what = _WHAT.get(shape.id) or f"{_article(shape.id)} {shape.id.replace('-', ' ')}"
    sure = Confidence.HIGH
    if shape.id in {"token", "address-with-password"}:
        sure = Confidence.MEDIUM
    if shape.id in {"local-address-with-password", "connection-string-with-a-word"}:
        sure = Confidence.LOW
    under = f", under `{text.name}`" if text.name and text.name.isprintable() and len(text.name) < 60 else ""
    return _finding(_narrowed(text), f"{what} is written here{under}", _weighed(text, sure), shape)


def _narrowed(text: Text) -> Text:
    """A text of several lines with the place of the line that has the credential in it."""
    lines = text.text.rstrip("\n").split("\n")
    span = text.span
    here = next((number for number, line in enumerate(lines) if credential_in(line)), None)
    if here is None or span.end_line == span.line or not 1 < len(lines) <= _MOST_LINES:
        return text
    last = span.end_line - (1 if span.end_column == 1 else 0)
    below = 0 if text.text.startswith("\n") or last - span.line < len(lines) else 1
    line = min(span.line + here + below, span.end_line)
    return replace(text, span=Span(line, 1, line, 1 + len(lines[here]), span.start, span.end))


def _by_standing(standing: Standing, sureness: Sureness) -> Confidence | None:
    """How sure a finding is; none where there is none. Words are nothing in code, and little in data."""
    match sureness:
        case Sureness.FOR_SURE:
            return Confidence.HIGH
        case Sureness.RATHER:
            return Confidence.MEDIUM
        case Sureness.A_WORD if standing is not Standing.CODE:
            return Confidence.LOW if standing is Standing.DATA else Confidence.MEDIUM
        case Sureness.KNOWN_TO_ALL if standing not in {Standing.CODE, Standing.DATA}:
            return Confidence.LOW
        case _:
            return None


def _by_name(text: Text, sure: Confidence) -> Finding:
    return _finding(text, f"the value of `{text.name}` is written here", _weighed(text, sure), None)


def _weighed(text: Text, sure: Confidence) -> Confidence:
    """Hardly sure where nothing that runs has it."""
    shown = _SHOWN.search(text.path) and not is_of_password(text.path)
    if is_for_tests(text.path) or is_example(text.path) or shown:
        return Confidence.LOW
    if sure is Confidence.LOW or text.standing in {Standing.CODE, Standing.COMMENT}:
        return sure
    if text.standing is Standing.PIPELINE or not runs_from(text.path):
        return Confidence.MEDIUM
    return sure


def _finding(text: Text, what: str, sure: Confidence, shape: ValueShape | None) -> Finding:
    services = shape.services if shape is not None else ()
    return Finding(
        rule=_ID,
        place=Place(text.path, text.span),
        message=f"{what}: {_next(shape)}",
        severity=Severity.HIGH if sure is not Confidence.LOW else Severity.MEDIUM,
        confidence=sure,
        service=services[0] if services else "",
        subject=text.name if len(text.name) < 60 else "",
        remedy=_remedy(shape),
    )


def _next(shape: ValueShape | None) -> str:
    """What to do, in a few words."""
    if _is_needless(shape):
        return "make it useless, and connect as an identity"
    return "change it, and keep it in Key Vault"


def _is_needless(shape: ValueShape | None) -> bool:
    """Whether an identity does what the secret does."""
    return shape is not None and bool(shape.services) and not shape.why_kept


def _remedy(shape: ValueShape | None) -> Remedy:
    if _is_needless(shape):
        return Remedy(
            identity="the identity of what connects here",
            note="replace the secret by the service's address and an identity with a role, then make the key "
            "that stood here useless: it is in the history",
        )
    return Remedy(
        instead="read it from Key Vault as the workload's identity",
        identity="the identity of what reads it",
        roles=("Key Vault Secrets User",),
        scope="the vault",
        note=(shape.why_kept if shape is not None else "") or "change the secret first: it is in the history",
    )


def _article(word: str) -> str:
    return "an" if word[:1] in "aeiou" else "a"


RULE = Rule(
    id=_ID,
    group=Group.CREDENTIALS,
    title="A secret is written in a file",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    why=(
        "Whoever can read the repository, a copy of it, an image that was built of it or its history has "
        "the secret, for as long as it is valid, and nobody sees it used."
    ),
    instead=(
        "Where the service takes Microsoft Entra tokens, connect with a managed identity and keep no "
        "secret at all. Otherwise keep it in Key Vault. Change it in either case: deleting the "
        "line leaves it in the history."
    ),
    sources=(
        "https://learn.microsoft.com/azure/security/fundamentals/secrets-best-practices",
        "https://learn.microsoft.com/azure/key-vault/secrets/secrets-best-practices",
    ),
    check=_check,
)
