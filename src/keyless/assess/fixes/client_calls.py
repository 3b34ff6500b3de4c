"""The call of a client with an address and an identity, where it had a connection string.

Rules:
- a call is changed where its arguments are just those that the table knows: the connection string, and for
  Event Hubs the hub (a text, or what is read of a configuration) and the consumer group;
- addresses are made a `Uri` in .NET where the client wants one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from keyless.assess.clients import ClientUse
from keyless.assess.findings.finding import Edit
from keyless.assess.fixes.addresses import Address
from keyless.assess.fixes.identity_library import IDENTITY_LIBRARIES
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.expressions import Call, Expr, Index, Literal, Member

_ARGUMENTS: Mapping[str, int] = {
    "EventHubProducerClient": 2,
    "EventHubBufferedProducerClient": 2,
    "EventHubConsumerClient": 3,
    "EventHubClientBuilder": 2,
}
"""How many arguments there are, other than one."""
_NAMED: Mapping[str, frozenset[str]] = {
    "EventHubProducerClient": frozenset({"eventhub_name"}),
    "EventHubConsumerClient": frozenset({"eventhub_name", "consumer_group"}),
}
"""Of Python's, those that go by their names."""
_ONLY_IN: Mapping[str, frozenset[Language]] = {"CosmosClient": frozenset({Language.CSHARP, Language.PYTHON})}


def call_edits(use: ClientUse, address: Address) -> tuple[Edit, ...]:
    """The edits after which a call takes the address and an identity; none where it has another form."""
    call, language = use.at, use.within.unit.language
    edit = _CALLS.get(language)
    client = use.client.partition(".")[0]
    if edit is None or language not in _ONLY_IN.get(client, {language}):
        return ()
    if not isinstance(call, Call) or call.then or use.through is not None or not _has_form(use, call, client):
        return ()
    return edit(use.within.unit.path, call, address)


def _has_form(use: ClientUse, call: Call, client: str) -> bool:
    if use.within.unit.language is Language.PYTHON:
        names = {one.name for one in call.arguments[1:]}
        first = call.arguments[0] if call.arguments else None
        given = first is not None and first.value is use.argument and first.name is None
        return given and names == _NAMED.get(client, frozenset()) and not any(_spread(call))
    values = [one.value for one in call.arguments if one.name is None]
    if len(values) != len(call.arguments) or any(_spread(call)):
        return False
    count = _ARGUMENTS.get(client, 1)
    at = 1 if count == 3 else 0
    hub = count == 1 or (len(values) == count and isinstance(values[-1], Literal | Index | Member))
    return len(values) == count and values[at] is use.argument and hub


def _spread(call: Call) -> list[bool]:
    return [one.spread for one in call.arguments]


def _csharp(path: str, call: Call, address: Address) -> tuple[Edit, ...]:
    credential = IDENTITY_LIBRARIES[Language.CSHARP].credential
    if not call.new:
        return ()
    if not address.uri:
        return (_at_end(path, call, f", {credential}"),)
    before = Edit(path, call.callee.span.end + 1, call.callee.span.end + 1, "new System.Uri(")
    return (before, _at_end(path, call, f"), {credential}"))


def _python(path: str, call: Call, _: Address) -> tuple[Edit, ...]:
    cut = _without_method(path, call.callee)
    given = _at_end(path, call, f", credential={IDENTITY_LIBRARIES[Language.PYTHON].credential}")
    return (*cut, given) if cut else ()


def _javascript(path: str, call: Call, _: Address) -> tuple[Edit, ...]:
    given = _at_end(path, call, f", {IDENTITY_LIBRARIES[Language.JAVASCRIPT].credential}")
    if call.new:
        return (given,)
    cut = _without_method(path, call.callee)
    return (Edit(path, call.span.start, call.span.start, "new "), *cut, given) if cut else ()


def _at_end(path: str, call: Call, text: str) -> Edit:
    """Before the bracket that closes the arguments: spans of arguments leave out what means nothing."""
    return Edit(path, call.span.end - 1, call.span.end - 1, text)


def _java(path: str, call: Call, address: Address) -> tuple[Edit, ...]:
    callee, credential = call.callee, IDENTITY_LIBRARIES[Language.JAVA].credential
    if not isinstance(callee, Member):
        return ()
    start = callee.span.end - len(callee.name.encode())
    named = Edit(path, start, callee.span.end, address.java)
    if address.java == "credential":  # of Event Hubs: the namespace, the hub and the identity at once
        return (named, _at_end(path, call, f", {credential}"))
    return (named, Edit(path, call.span.end, call.span.end, f".credential({credential})"))


_CALLS: Mapping[Language, Callable[[str, Call, Address], tuple[Edit, ...]]] = {
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
