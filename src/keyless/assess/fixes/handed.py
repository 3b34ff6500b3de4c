"""Whether what a client is handed is a setting, as it was read and for that client alone.

Rules:
- the read stands in the argument itself, or in what the only assignment of a local variable gives that is
  named nowhere else;
- nothing is done to the value on the way: it is read, and where it is missing nothing takes its place but an
  exception, nothing, or an empty text;
- a variable at the top of a file counts where no other file can see it.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from keyless.assess.clients import ClientUse
from keyless.assess.flows.origins import look
from keyless.assess.flows.spot import code_spot
from keyless.assess.flows.tracer import Tracer
from keyless.assess.repository import Repository
from keyless.assess.settings.reads import reads_of
from keyless.assess.settings.setting import Setting
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.expressions import Assign, Choice, Expr, Literal, Name, Other
from keyless.assess.syntax.span import Place, Span
from keyless.assess.syntax.walk import Site, Within, sites

_NOTHING = (None, "")
_HIDDEN = frozenset({Language.CSHARP, Language.JAVA})
"""Languages whose files show nothing of what is local to them."""


def is_handed(repository: Repository, use: ClientUse, setting: Setting, named_at: Place) -> bool:
    """Whether the argument of a use is the setting that is named at a place, and only that."""
    given = given_to(repository, use)
    if given is None or named_at.path != use.within.unit.path or not _covers(given.span, named_at.span):
        return False
    return _reads(repository, given, use.argument_within, setting)


def given_to(repository: Repository, use: ClientUse) -> Expr | None:
    """What an argument is: itself, or what its variable was given; none where others may have that too."""
    if not isinstance(use.argument, Name):
        return use.argument
    within = use.argument_within
    named = [one for one in sites(within.unit) if _is_named(one, use.argument.id)]
    given = [one for one in named if _assigned(one) is not None and _is_around(one.within, within)]
    if len(given) != 1 or not _is_local(repository, use.argument.id, given[0].within):
        return None
    alike = [one for one in named if _is_around(given[0].within, one.within)]
    return _assigned(given[0]) if len(alike) == 2 else None


def _is_named(site: Site, name: str) -> bool:
    return isinstance(site.expression, Name) and site.expression.id == name


def _is_around(outer: Within, inner: Within) -> bool:
    """Whether a place is in the function of another, or in one within that."""
    return inner.functions[: len(outer.functions)] == outer.functions


def _assigned(site: Site) -> Expr | None:
    statement = site.within.statement
    given = isinstance(statement, Assign) and statement.target is site.expression
    return statement.value if isinstance(statement, Assign) and given else None


def _is_local(repository: Repository, name: str, within: Within) -> bool:
    if within.functions:
        return True
    if within.classes:
        return False
    return within.unit.language in _HIDDEN or not _is_seen(repository, name, within)


def _is_seen(repository: Repository, name: str, within: Within) -> bool:
    """Whether another file brings in the variable, or the file that it stands in."""
    stem = PurePosixPath(within.unit.path).name.partition(".")[0]
    return any(
        one.name == name or PurePosixPath(one.module.replace(".", "/")).name == stem or one.name == stem
        for unit in repository.units
        if unit.language is within.unit.language
        for one in unit.imports
    )


def _reads(repository: Repository, given: Expr, within: Within, setting: Setting) -> bool:
    if isinstance(given, Choice):
        parts = [one for one in given.alternatives if not _is_nothing(one)]
        if len(parts) != 1:
            return False
        given = parts[0]
    tracer = Tracer(repository, look)
    tracer.begin()
    reads = reads_of(tracer, given, code_spot(within))
    plain = all(one.default is None or _is_nothing(one.default) for one in reads)
    return plain and bool(reads) and all(one.setting == setting for one in reads)


def _is_nothing(one: Expr) -> bool:
    if isinstance(one, Literal):
        return one.value in _NOTHING
    return isinstance(one, Other) and one.kind == "throw_expression"


def _covers(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
