"""One look at an expression of a document, a workflow or a chart: what begins there, and the steps back.

Rules:
- `secrets.X` of a workflow is a secret of the pipeline; `env.X`, `vars.X`, `variables.x`, `${X}` are
  settings;
- `Values.a.b` is what the chart's files of values have under that name;
- a reference to a secret of the cluster, or to one of a vault, leads on to where that secret is written;
- texts that are put together give their secret parts, as in code.
"""

from __future__ import annotations

from keyless.assess.flows.ends import ended
from keyless.assess.flows.flow import Origin
from keyless.assess.flows.joining import joined
from keyless.assess.flows.spot import Hop, Spot
from keyless.assess.flows.tracer import NOTHING, Seen
from keyless.assess.flows.vault_references import look_at_text, vault_reference
from keyless.assess.settings.setting import (
    CLUSTER_SECRET,
    cluster_secret_of,
    pipeline_secret_of,
    setting_of,
)
from keyless.assess.syntax.expressions import (
    Choice,
    Expr,
    Index,
    Joined,
    Literal,
    Member,
    Name,
    Other,
    dotted,
)

_SETTINGS = frozenset({"env", "vars", "variables"})
_PARAMETERS = frozenset({"parameters", "inputs", "matrix"})


def look_at_document(expression: Expr, spot: Spot) -> Seen:  # noqa: PLR0911 - one arm a form
    """What an expression of a document shows."""
    match expression:
        case Literal():
            return look_at_text(expression, spot)
        case Joined():
            return vault_reference(expression, spot) or joined(expression, spot)
        case Choice(alternatives=alternatives):
            return Seen((), tuple(Hop(one, spot) for one in alternatives))
        case Member() | Name():
            return reference(expression, spot)
        case Index(base=Name(id=name), key=Literal(value=str() as key)) if name == CLUSTER_SECRET:
            return cluster_secret(key, expression, spot)
        case Other(parts=parts):
            return Seen((), tuple(Hop(one, spot) for one in parts[:8]))
        case _:
            return NOTHING


def reference(expression: Expr, spot: Spot) -> Seen:
    """What `secrets.X` and its kin show; nothing for other names."""
    base, _, name = (dotted(expression) or "").partition(".")
    place = spot.place(expression.span)
    if base == "secrets" and name:
        if name == "GITHUB_TOKEN":
            return Seen((ended(Origin.ADDRESS, spot, expression, "token of the workflow", name=name),))
        return Seen((), (Hop(pipeline_secret_of(name), spot, f"pipeline secret `{name}`", place),))
    if base in _SETTINGS and name:
        return Seen((), (Hop(setting_of(name), spot, f"read from setting `{name}`", place),))
    if base == "Values" and name:
        setting = setting_of(f"Values.{name}")
        return Seen((), (Hop(setting, spot, f"value `{name}` of the chart", place),))
    if base in _PARAMETERS and name:
        flow = ended(Origin.PARAMETER, spot, expression, f"parameter `{name}`", name=name)
        return Seen((flow,))
    return NOTHING


def cluster_secret(key: str, expression: Expr, spot: Spot) -> Seen:
    """What a key of a cluster's secret, or a secret of a container app, shows."""
    what = f"read from cluster secret `{key.strip('/')}`"
    setting = cluster_secret_of(*key.split("/", 1))
    return Seen((), (Hop(setting, spot, what, spot.place(expression.span)),))
