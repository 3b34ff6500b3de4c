"""Every stored credential of a repository, each flow once."""

from __future__ import annotations

from keyless.assess.repository import Repository
from keyless.assess.stored.of_code import stored_in_code
from keyless.assess.stored.stored import Stored


def stored_credentials(repository: Repository) -> tuple[Stored, ...]:
    """All of them: `repository.view(stored_credentials)`."""
    return repository.view(stored_in_code)
