"""Where a value comes from: `origins` for expressions of code.

Rules:
- the search goes back from the use one step at a time, nearest first; what may be one thing or another gives
  a flow for each;
- a flow's steps go from its origin to the last step before the use, which the caller adds;
- where nothing more can be told the flow ends there: a setting that nothing writes, a parameter that nothing
  gives, or unknown. There is always at least one flow.
"""

from __future__ import annotations

from keyless.assess.flows.flow import Flow
from keyless.assess.flows.looking import look_at_code
from keyless.assess.flows.looking_at_documents import look_at_document
from keyless.assess.flows.looking_at_scripts import look_at_script
from keyless.assess.flows.looking_at_templates import look_at_template
from keyless.assess.flows.search import Searcher
from keyless.assess.flows.spot import Spot, code_spot
from keyless.assess.flows.tracer import Seen, Tracer
from keyless.assess.repository import Repository
from keyless.assess.settings.setting import Setting
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.expressions import Expr
from keyless.assess.syntax.templates import Template
from keyless.assess.syntax.walk import Within

_SCRIPTS = frozenset({Language.SHELL, Language.POWERSHELL, Language.DOCKERFILE})


def origins(repository: Repository, expression: Expr, within: Within) -> tuple[Flow, ...]:
    """Where the value of an expression comes from, the nearest first; at least one flow."""
    return repository.view(searcher).flows(expression, code_spot(within))


def template_origins(repository: Repository, template: Template, expression: Expr) -> tuple[Flow, ...]:
    """Where the value of an expression of a template comes from, the nearest first; at least one flow."""
    return repository.view(searcher).flows(expression, Spot(template.path, None, template))


def setting_origins(repository: Repository, setting: Setting, path: str = "") -> tuple[Flow, ...]:
    """Where the value of a setting that a file names comes from; none where nothing writes it."""
    return repository.view(searcher).setting_flows(setting, path)


def searcher(repository: Repository) -> Searcher:
    """The search through one repository: `repository.view(searcher)`."""
    return Searcher(Tracer(repository, look))


def look(tracer: Tracer, expression: Expr, spot: Spot) -> Seen:
    """One look at an expression, wherever it stands."""
    if spot.within is not None and spot.within.unit.language in _SCRIPTS:
        return look_at_script(tracer, expression, spot)
    if spot.within is not None:
        return look_at_code(tracer, expression, spot)
    if spot.template is not None:
        return look_at_template(tracer, expression, spot)
    return look_at_document(expression, spot)
