"""A client that takes an address and an identity where it took a connection string, and its setting.

Rules:
- the whole way is changed or nothing: the app setting of Bicep gets the address of the same resource, and the
  constructor takes it with a credential; the setting keeps its name;
- a fix is offered where all of that is certain: the key is read in the very setting, nothing else writes the
  setting, one place of code names it and hands it to the constructor on the spot, the call has the form that
  the table knows, and a file in the same language imports the identity library already;
- the role that the identity needs is no part of it: the finding's remedy names it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from keyless.assess.clients import ClientUse
from keyless.assess.findings.finding import Edit, Fix
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.flows.mentions import mentions
from keyless.assess.repository import Repository
from keyless.assess.settings.setting import Realm, Written
from keyless.assess.settings.written import written
from keyless.assess.syntax.code import Language, Unit
from keyless.assess.syntax.expressions import Call, Expr, Member
from keyless.assess.syntax.span import Span
from keyless.assess.syntax.templates import Dialect

_ADDRESSES: Mapping[str, str] = {
    "BlobServiceClient": "{0}.properties.primaryEndpoints.blob",
    "BlobServiceClientBuilder": "{0}.properties.primaryEndpoints.blob",
    "QueueServiceClient": "{0}.properties.primaryEndpoints.queue",
    "QueueServiceClientBuilder": "{0}.properties.primaryEndpoints.queue",
    "TableServiceClient": "{0}.properties.primaryEndpoints.table",
    "TableServiceClientBuilder": "{0}.properties.primaryEndpoints.table",
    "ConfigurationClient": "{0}.properties.endpoint",
    "ConfigurationClientBuilder": "{0}.properties.endpoint",
    "AzureAppConfigurationClient": "{0}.properties.endpoint",
    "AppConfigurationClient": "{0}.properties.endpoint",
}
"""What the setting is to hold, by the client and the symbol of the resource."""


@dataclass(frozen=True, slots=True)
class _Language:
    """How a language makes a credential, and where it comes from."""

    credential: str
    imported: str
    name: str
    statement: str


_LANGUAGES: Mapping[Language, _Language] = {
    Language.CSHARP: _Language(
        "new DefaultAzureCredential()", "Azure.Identity", "", "using Azure.Identity;\n"
    ),
    Language.PYTHON: _Language(
        "DefaultAzureCredential()",
        "azure.identity",
        "DefaultAzureCredential",
        "from azure.identity import DefaultAzureCredential\n",
    ),
    Language.JAVA: _Language(
        "new DefaultAzureCredentialBuilder().build()",
        "com.azure.identity",
        "DefaultAzureCredentialBuilder",
        "import com.azure.identity.DefaultAzureCredentialBuilder;\n",
    ),
    Language.JAVASCRIPT: _Language(
        "new DefaultAzureCredential()", "@azure/identity", "DefaultAzureCredential", ""
    ),
}


def client_fix(repository: Repository, use: ClientUse, flow: Flow) -> Fix | None:
    """The edits that take one client off its connection string; none where they would not be the whole."""
    address = _ADDRESSES.get(use.client.partition(".")[0])
    setting = _setting_of(repository, use, flow)
    if address is None or setting is None:
        return None
    call = _call_edits(use)
    brought_in = _import_edits(repository, use.within.unit)
    if not call or brought_in is None:
        return None
    span = setting.value.span
    value = Edit(setting.place.path, span.start, span.end, address.format(flow.subject))
    what = f"give `{use.client.partition('.')[0]}` the address in `{setting.name}` and an identity"
    return Fix(what, (value, *call, *brought_in))


def _setting_of(repository: Repository, use: ClientUse, flow: Flow) -> Written | None:
    """The setting of Bicep that the key is read in, where it is the only way from there to the call."""
    if flow.origin is not Origin.KEY_OF_RESOURCE or not flow.subject.isidentifier():
        return None
    passed = {step.place for step in flow.steps}
    ways = [one for one in repository.view(written) if one.place in passed]
    if len(ways) != 1 or not _is_in_bicep(ways[0], flow):
        return None
    (one,) = ways
    same = [other for other in repository.view(written) if other.setting == one.setting]
    readers = repository.view(mentions).get(one.setting, ())
    read_here = [place for place in readers if _is_within(place.path, place.span, use)]
    return one if len(same) == 1 and len(readers) == 1 == len(read_here) else None


def _is_in_bicep(one: Written, flow: Flow) -> bool:
    inside = one.place.path == flow.place.path and _covers(one.value.span, flow.place.span)
    bicep = one.template is not None and one.template.dialect is Dialect.BICEP
    return bicep and inside and one.setting.realm is Realm.SETTING


def _is_within(path: str, span: Span, use: ClientUse) -> bool:
    return path == use.within.unit.path and _covers(use.argument.span, span)


def _covers(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _call_edits(use: ClientUse) -> tuple[Edit, ...]:
    call, edit = use.at, _CALLS.get(use.within.unit.language)
    if edit is None or not isinstance(call, Call) or call.then or use.through is not None:
        return ()
    plain = [one.value for one in call.arguments if one.name is None and not one.spread]
    if len(call.arguments) != 1 or plain != [use.argument]:
        return ()
    return edit(use.within.unit.path, call)


def _csharp(path: str, call: Call) -> tuple[Edit, ...]:
    before = Edit(path, call.callee.span.end + 1, call.callee.span.end + 1, "new System.Uri(")
    return (before, _at_end(path, call, f"), {_LANGUAGES[Language.CSHARP].credential}")) if call.new else ()


def _python(path: str, call: Call) -> tuple[Edit, ...]:
    cut = _without_method(path, call.callee)
    given = _at_end(path, call, f", credential={_LANGUAGES[Language.PYTHON].credential}")
    return (*cut, given) if cut else ()


def _javascript(path: str, call: Call) -> tuple[Edit, ...]:
    given = _at_end(path, call, f", {_LANGUAGES[Language.JAVASCRIPT].credential}")
    if call.new:
        return (given,)
    cut = _without_method(path, call.callee)
    return (Edit(path, call.span.start, call.span.start, "new "), *cut, given) if cut else ()


def _at_end(path: str, call: Call, text: str) -> Edit:
    """Before the bracket that closes the arguments: spans of arguments leave out what means nothing."""
    return Edit(path, call.span.end - 1, call.span.end - 1, text)


def _java(path: str, call: Call) -> tuple[Edit, ...]:
    callee = call.callee
    if not isinstance(callee, Member):
        return ()
    start = callee.span.end - len(callee.name.encode())
    behind = f".credential({_LANGUAGES[Language.JAVA].credential})"
    return (Edit(path, start, callee.span.end, "endpoint"), Edit(path, call.span.end, call.span.end, behind))


_CALLS: Mapping[Language, Callable[[str, Call], tuple[Edit, ...]]] = {
    Language.CSHARP: _csharp,
    Language.PYTHON: _python,
    Language.JAVASCRIPT: _javascript,
    Language.JAVA: _java,
}


def _without_method(path: str, callee: Expr) -> tuple[Edit, ...]:
    """`X.from_connection_string` as `X`."""
    if not isinstance(callee, Member):
        return ()
    return (Edit(path, callee.base.span.end, callee.span.end, ""),)


def _import_edits(repository: Repository, unit: Unit) -> tuple[Edit, ...] | None:
    """What brings the credential in; none where the repository may not have the library."""
    known = _LANGUAGES.get(unit.language)
    if known is None or not any(
        _imports(one, known) for one in repository.units if one.language is unit.language
    ):
        return None
    if _has(unit, known):
        return ()
    if not known.statement or not unit.imports:
        return None
    first = min(one.span.start for one in unit.imports)
    return (Edit(unit.path, first, first, known.statement),)


def _imports(unit: Unit, known: _Language) -> bool:
    return any(one.module == known.imported for one in unit.imports)


def _has(unit: Unit, known: _Language) -> bool:
    """Whether the file knows the credential by its name."""
    return any(
        one.module == known.imported
        and one.name in {None, known.name or None}
        and one.alias in {"", known.name}
        for one in unit.imports
    )
