"""All that was read of a repository, linked: what rules look at.

What is derived (calls with their context, flows, what is deployed, settings) is made when a rule first asks
for it, by a function of its own module, and kept: `repository.view(calls)`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, TypeVar

from keyless.assess.syntax.code import Unit
from keyless.assess.syntax.documents import Document
from keyless.assess.syntax.source import Problem, Source
from keyless.assess.syntax.templates import Dialect, Template

T = TypeVar("T")


def _is_compiled(template: Template, written: set[str]) -> bool:
    is_template = template.dialect is Dialect.ARM and template.given is None
    return is_template and template.path.removesuffix(".json") in written


class Repository:
    """The sources of a repository, in the order of their paths; dates are compared with ``today``."""

    def __init__(self, sources: Sequence[Source], today: datetime.date) -> None:
        self.sources = tuple(sorted(sources, key=lambda one: one.path))
        self.today = today
        self.lacking: set[Problem] = set()
        """What could not be followed, of all of it."""
        self._views: dict[Callable[..., Any], Any] = {}

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """Code and scripts."""
        return tuple(unit for source in self.sources for unit in source.units)

    @cached_property
    def templates(self) -> tuple[Template, ...]:
        """Infrastructure as code; not what Bicep was compiled to, beside its source."""
        found = [source.template for source in self.sources if source.template is not None]
        written = {one.path.removesuffix(".bicep") for one in found if one.dialect is Dialect.BICEP}
        return tuple(one for one in found if not _is_compiled(one, written))

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """Files of settings and definitions."""
        return tuple(source.document for source in self.sources if source.document is not None)

    def view(self, make: Callable[[Repository], T]) -> T:
        """What ``make`` makes of the repository, made once."""
        if make not in self._views:
            self._views[make] = make(self)
        found: T = self._views[make]
        return found
