"""Whether a password in code is a stored one: it comes from a file, a setting, a vault, a pipeline.

Rules:
- what a request brings, or a function is given that nothing calls, is what a person types: not stored;
- an empty one, and one that only stands for another, is none;
- where nothing tells where it comes from, confidence is low.
"""

from __future__ import annotations

from dataclasses import dataclass

from keyless.assess.findings.finding import Confidence, Step
from keyless.assess.flows.ends import is_placeholder
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.flows.origins import origins
from keyless.assess.handlers.handler import handlers
from keyless.assess.handlers.varying import names_of_request, varies_with
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import Expr, Literal
from keyless.assess.syntax.walk import Within

_STORED = {
    Origin.WRITTEN: Confidence.HIGH,
    Origin.VAULT: Confidence.HIGH,
    Origin.SETTING: Confidence.HIGH,
    Origin.PIPELINE_SECRET: Confidence.HIGH,
    Origin.KEY_OF_RESOURCE: Confidence.HIGH,
    Origin.GENERATED: Confidence.MEDIUM,
    Origin.UNKNOWN: Confidence.LOW,
}


@dataclass(frozen=True, slots=True)
class Stored:
    """How sure it is that a password is a stored one, and the way that it takes."""

    confidence: Confidence
    steps: tuple[Step, ...] = ()
    name: str = ""


def stored(repository: Repository, password: Expr, within: Within) -> Stored | None:
    """Where a password is stored; none where it is none, or a person gives it."""
    if _is_nothing(password) or _is_typed(repository, password, within):
        return None
    flows = [(_STORED[one.origin], one) for one in origins(repository, password, within) if _counts(one)]
    if not flows:
        return None
    order = list(Confidence)
    confidence, flow = min(flows, key=lambda one: order.index(one[0]))
    return Stored(confidence, flow.steps, flow.name)


def _counts(flow: Flow) -> bool:
    return flow.origin in _STORED and not _is_nothing(flow.at)


def _is_nothing(value: Expr) -> bool:
    """Nothing, or a text that only stands for a password."""
    if not isinstance(value, Literal):
        return False
    text = value.value
    return not isinstance(text, str) or not text.strip() or is_placeholder(text)


def _is_typed(repository: Repository, password: Expr, within: Within) -> bool:
    handler = repository.view(handlers).of(within)
    if handler is None:
        return False
    return varies_with(password, names_of_request(handler.function))
