"""Every stored credential of a repository, each flow once.

Rules:
- flows that end in code come first, then those that end in settings which something reads by name, then
  bindings of Functions, components of Dapr and properties that say what they open, secrets that
  scripts make, logins of scripts, then all other places that hold one: what a flow goes through is told with
  that flow.
"""

from __future__ import annotations

from keyless.assess.flows.endings import passed
from keyless.assess.repository import Repository
from keyless.assess.stored.of_bindings import stored_in_bindings
from keyless.assess.stored.of_code import stored_in_code
from keyless.assess.stored.of_dapr import stored_in_dapr
from keyless.assess.stored.of_endings import stored_in_endings
from keyless.assess.stored.of_logins import logins_with_keys, stored_in_logins
from keyless.assess.stored.of_resources import stored_in_resources
from keyless.assess.stored.of_scripts import stored_in_scripts
from keyless.assess.stored.of_settings import stored_in_settings
from keyless.assess.stored.stored import Stored
from keyless.assess.syntax.span import Place


def stored_credentials(repository: Repository) -> tuple[Stored, ...]:
    """All of them: `repository.view(stored_credentials)`."""
    found = repository.view(stored_in_code)
    found += stored_in_settings(repository, _places(found))
    found += repository.view(stored_in_bindings) + repository.view(stored_in_dapr)
    found += repository.view(stored_in_resources)
    told = _places(found)
    found += tuple(one for one in repository.view(stored_in_scripts) if one.place not in told)
    found += stored_in_logins(repository)
    told = _places(found) | passed(repository.view(logins_with_keys).values())
    return found + stored_in_endings(repository, told)


def _places(found: tuple[Stored, ...]) -> frozenset[Place]:
    """The places that flows go through, with where they end."""
    return passed(flow for one in found for flow in (one.flow, *one.others)) | {one.place for one in found}
