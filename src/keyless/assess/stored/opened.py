"""The resource that a stored credential opens, where a template of the repository has it.

Rules:
- it is the one that the key is read from; a rule of authorization stands for the namespace or hub that it
  belongs to;
- only a resource of the service's own type counts, in the file that the key is read in, or beside it.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.deployed import Deployed
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.repository import Repository
from keyless.assess.syntax.templates import Dialect, Resource

_DEEPEST = 4


def opened(repository: Repository, flow: Flow, arm_type: str | None) -> Deployed | None:
    """The resource of a type whose key a flow brings; none where the repository does not have it."""
    if flow.origin is not Origin.KEY_OF_RESOURCE or not flow.subject or not arm_type:
        return None
    alike = [one for one in repository.view(deployed) if _is_near(one, flow)]
    wanted, symbol = arm_type.casefold(), flow.subject
    for _ in range(_DEEPEST):
        found = [one for one in alike if _is_called(one, symbol)]
        if len(found) > 1:
            found = [one for one in found if one.arm_type.casefold() == wanted]
        if len(found) != 1:
            return None
        if found[0].arm_type.casefold() == wanted:
            return found[0]
        declared = found[0].declared
        symbol = declared.parent or "" if isinstance(declared, Resource) else ""
    return None


def _is_near(one: Deployed, flow: Flow) -> bool:
    if one.template.dialect is Dialect.TERRAFORM:
        return PurePosixPath(one.template.path).parent == PurePosixPath(flow.place.path).parent
    return one.template.path == flow.place.path


def _is_called(one: Deployed, symbol: str) -> bool:
    name = one.symbol.rpartition(".")[2] if one.template.dialect is Dialect.TERRAFORM else one.symbol
    return bool(symbol) and name == symbol
