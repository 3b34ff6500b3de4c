"""Flows as text: what tests of where values come from compare."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Mapping

from keyless.assess.calls import calls
from keyless.assess.flows.flow import Flow
from keyless.assess.flows.origins import origins
from keyless.assess.repository import Repository
from keyless.assess.sources.read import read

TODAY = datetime.date(2026, 1, 1)


def repository(files: Mapping[str, str]) -> Repository:
    """A repository of files by their paths; every one of them is read whole."""
    sources = []
    for path, text in files.items():
        source = read(path, textwrap.dedent(text).encode())
        assert source is not None, path
        assert source.problems == (), source.problems
        sources.append(source)
    return Repository(sources, TODAY)


def shown(flow: Flow) -> str:
    """A flow as `origin name`, or with the service that a key is of."""
    return " ".join(one for one in (flow.origin.value, flow.service, flow.name or flow.subject) if one)


def used(files: Mapping[str, str], function: str = "use") -> list[set[str]]:
    """Where each argument of each call of a function comes from, in the order of the files."""
    found = repository(files)
    return [
        {shown(flow) for flow in origins(found, argument.value, call.within)}
        for call in found.view(calls)
        if call.method == function
        for argument in call.call.arguments
    ]


def ways(files: Mapping[str, str], function: str = "use") -> list[list[str]]:
    """The steps of the flows of the first argument of the first call of a function."""
    found = repository(files)
    call = next(one for one in found.view(calls) if one.method == function)
    return [
        [f"{step.place.path}:{step.place.span.line} {step.what}" for step in flow.steps]
        for flow in origins(found, call.call.arguments[0].value, call.within)
    ]
