"""A client that takes an address and an identity where it took a connection string, and its setting.

Rules:
- the whole way is changed or nothing: the app setting of Bicep gets the address of the same resource, and the
  constructor takes it with a credential; the setting keeps its name;
- a fix is offered where all of that is certain: the key is read in the very setting, nothing else writes the
  setting, one place of code names it and hands it to the constructor, on the spot or through a variable that
  is for nothing else, the call has the form that the table knows, and the identity library is there or can
  be added to the project's manifest;
- the role that the identity needs is no part of it: the finding's remedy names it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from keyless.assess.clients import ClientUse
from keyless.assess.findings.finding import Edit, Fix
from keyless.assess.fixes.handed import is_handed
from keyless.assess.fixes.identity_library import IDENTITY_LIBRARIES, brought_in
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.flows.mentions import mentions
from keyless.assess.repository import Repository
from keyless.assess.settings.setting import Realm, Written
from keyless.assess.settings.written import written
from keyless.assess.syntax.code import Language
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


def client_fix(repository: Repository, use: ClientUse, flow: Flow) -> Fix | None:
    """The edits that take one client off its connection string; none where they would not be the whole."""
    address = _ADDRESSES.get(use.client.partition(".")[0])
    setting = _setting_of(repository, use, flow)
    if address is None or setting is None:
        return None
    call = _call_edits(use)
    added = brought_in(repository, use.within.unit)
    if not call or added is None:
        return None
    span = setting.value.span
    value = Edit(setting.place.path, span.start, span.end, address.format(flow.subject))
    what = f"give `{use.client.partition('.')[0]}` the address in `{setting.name}` and an identity"
    return Fix(what, (value, *call, *added))


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
    readers = list(repository.view(mentions).get(one.setting, ()))
    alone = len(same) == 1 == len(readers)
    return one if alone and is_handed(repository, use, one.setting, readers[0]) else None


def _is_in_bicep(one: Written, flow: Flow) -> bool:
    inside = one.place.path == flow.place.path and _covers(one.value.span, flow.place.span)
    bicep = one.template is not None and one.template.dialect is Dialect.BICEP
    return bicep and inside and one.setting.realm is Realm.SETTING


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
    given = f"), {IDENTITY_LIBRARIES[Language.CSHARP].credential}"
    return (before, _at_end(path, call, given)) if call.new else ()


def _python(path: str, call: Call) -> tuple[Edit, ...]:
    cut = _without_method(path, call.callee)
    given = _at_end(path, call, f", credential={IDENTITY_LIBRARIES[Language.PYTHON].credential}")
    return (*cut, given) if cut else ()


def _javascript(path: str, call: Call) -> tuple[Edit, ...]:
    given = _at_end(path, call, f", {IDENTITY_LIBRARIES[Language.JAVASCRIPT].credential}")
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
    behind = f".credential({IDENTITY_LIBRARIES[Language.JAVA].credential})"
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
