"""Keytabs: files with the keys of accounts, in scripts, images, manifests, settings and code.

Rules:
- a name that ends with `.keytab`, or the variable that Kerberos looks for one in, tells; each file is told of
  once for each keytab;
- in code, a name alone is less sure than in a script or manifest; the keys of the machine itself
  (`krb5.keytab`) and sentences with a name in them are left out;
- `kinit` with a password that is handed to it is told of as well;
- one that is only left out (`.dockerignore`), and one of tests, is none.

Source: https://web.mit.edu/kerberos/krb5-latest/doc/basic/keytab_def.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from keyless.assess.files.kinds import FileKind, kind_of
from keyless.assess.files.purpose import is_test
from keyless.assess.findings.finding import Confidence, Finding, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.hybrid._commands import VARIABLE, commands, text_with_marks
from keyless.assess.rules.hybrid._texts import LONGEST, candidates
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.settings.setting import Written
from keyless.assess.settings.writers.flat import flattened
from keyless.assess.settings.written import written
from keyless.assess.syntax.expressions import Expr, Joined, Literal
from keyless.assess.syntax.span import Place

_KEYTAB = re.compile(r"[\w.$%{}\-\x1a]{1,120}\.keytab(?![\w-])", re.IGNORECASE)
_VARIABLES = frozenset({"KRB5_KTNAME", "KRB5_CLIENT_KTNAME"})
_OF_THE_HOST = "krb5.keytab"
"""Where a machine keeps its own keys."""
_CODE = frozenset({FileKind.PYTHON, FileKind.CSHARP, FileKind.JAVA, FileKind.JAVASCRIPT, FileKind.GO})
_KEPT_ONLY = re.compile(r"\bmemory:|/dev/null", re.IGNORECASE)


def _check(repository: Repository) -> Iterable[Finding]:
    taken: set[tuple[str, str]] = set()
    for place, name in sorted(_found(repository), key=lambda one: one[0]):
        key = place.path, name.casefold()
        if key in taken or is_test(place.path):
            continue
        taken.add(key)
        yield _finding(place, name)


def _found(repository: Repository) -> Iterator[tuple[Place, str]]:
    for path, one in repository.view(candidates):
        if name := _keytab_in(one):
            yield Place(path, one.span), name
    for document in repository.documents:
        for root in document.roots:
            for name, value, _ in flattened(root, "."):
                found = _keytab_in(value) or _in_key(name)
                if found:
                    yield Place(document.path, value.span), found
    for setting in repository.view(written):
        if setting.name in _VARIABLES:
            yield from _of_variable(setting)
    yield from _given_passwords(repository)


def _of_variable(one: Written) -> Iterator[tuple[Place, str]]:
    """`KRB5_KTNAME=…`, where no name of a file says it already."""
    text = text_with_marks(one.value)
    if text and not _KEYTAB.search(text[:LONGEST]) and not _KEPT_ONLY.search(text):
        yield one.place, one.name


def _keytab_in(value: Expr) -> str:
    if not isinstance(value, Literal | Joined):
        return ""
    text = text_with_marks(value)
    if len(text) > LONGEST or ".keytab" not in text.casefold() or "\n" in text:
        return ""
    if any(one.isspace() for one in text.strip()) and "keytab=" not in text.casefold():
        return ""  # a sentence
    found = _KEYTAB.search(text)
    name = found[0].replace(VARIABLE, "*") if found is not None else ""
    return "" if name.casefold() == _OF_THE_HOST else name


def _in_key(name: str) -> str:
    """A key of a Kubernetes secret that is named like a keytab."""
    found = _KEYTAB.search(name[-200:])
    return found[0] if found is not None and name.casefold().endswith(".keytab") else ""


def _given_passwords(repository: Repository) -> Iterator[tuple[Place, str]]:
    """`echo $PASSWORD | kinit user`, `kinit --password-file=…`."""
    for words in repository.view(commands):
        if words.name == "kinit" and words.after("--password-file=", "--password-file"):
            yield words.place, "kinit"


def _finding(place: Place, name: str) -> Finding:
    what = "`kinit` is given a password" if name == "kinit" else f"the keys of an account lie in `{name}`"
    return Finding(
        rule="kerberos-keytab",
        place=place,
        message=f"{what}: use a group managed service account, or move what it opens to Entra",
        severity=Severity.MEDIUM,
        confidence=Confidence.MEDIUM if kind_of(place.path) in _CODE else Confidence.HIGH,
        subject=name,
    )


RULE = Rule(
    id="kerberos-keytab",
    group=Group.HYBRID,
    title="A workload has a Kerberos keytab",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    why=(
        "A keytab holds the keys of an account, as good as its password, in a file that is copied into "
        "images and volumes. It stays good until somebody changes the account's password."
    ),
    instead=(
        "Let the workload reach what it needs with a managed identity: Azure SQL, Azure Files and HDInsight "
        "take Entra. Where the target stays on premises, run as a group managed service account, whose "
        "password nobody holds. Allow what has to stay with a reason and a last day (`allow`), and it is "
        "counted down."
    ),
    sources=(
        "https://learn.microsoft.com/entra/architecture/service-accounts-group-managed",
        "https://learn.microsoft.com/azure/aks/use-group-managed-service-accounts",
    ),
    check=_check,
)
