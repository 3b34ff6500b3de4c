"""How sure it is that a template is ever deployed as it stands.

Rules:
- a module (in `modules/`, `core/`) that nothing deployed in this repository uses may never be deployed: what
  is found in it is of low confidence;
- so is what stands in folders of tests;
- what configures a provider or a backend (Terraform), or has a file of parameters, is no module, whatever its
  folder is called;
- everything else counts as deployed.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from keyless.assess.deployed.deployed import Deployed
from keyless.assess.deployed.scopes import Scope, scopes
from keyless.assess.findings.finding import Confidence
from keyless.assess.repository import Repository

_TESTS = frozenset({"test", "tests", "e2e", "testdata", "fixtures", "__tests__"})
_OF_ROOTS = frozenset({"provider", "backend"})
_LIBRARIES = frozenset({"modules", "module", "core", "shared", "lib"})


def confidence_at(repository: Repository, found: Deployed, confidence: Confidence) -> Confidence:
    """The confidence of what is found in a resource: as given, or low."""
    return Confidence.LOW if is_unsure(repository, found.template.path) else confidence


def is_unsure(repository: Repository, path: str) -> bool:
    """Whether a template may never be deployed."""
    if _folders(path) & _TESTS:
        return True
    scope = repository.view(scopes).by_file.get(path)
    return scope is not None and scope.path not in repository.view(deployed_scopes)


def deployed_scopes(repository: Repository) -> frozenset[str]:
    """The paths of what is deployed: what is no module, and the modules that it uses, and so on."""
    every = repository.view(scopes).by_path.values()
    waiting = [one for one in every if not _is_library(one)]
    found: set[str] = set()
    while waiting:
        scope = waiting.pop()
        if scope.path not in found:
            found.add(scope.path)
            waiting.extend(use.target for use in scope.uses.values())
    return frozenset(found)


def _is_library(scope: Scope) -> bool:
    first = scope.templates[0].path if scope.templates else scope.path
    return bool(_folders(first) & _LIBRARIES) and not _is_root(scope)


def _is_root(scope: Scope) -> bool:
    """Whether a template says itself that it is deployed as it is."""
    configured = any(resource.type in _OF_ROOTS for resource, _ in scope.resources.values())
    return configured or any(scope.given.values())


def _folders(path: str) -> set[str]:
    return set(PurePosixPath(path.casefold()).parts[:-1])
