"""The templates among the files, with their parameters and modules."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from keyless.estate.imported.deployed import Place
from keyless.estate.imported.entry import Entry, Unread
from keyless.estate.imported.templates.budget import Budget
from keyless.estate.imported.templates.deploy import Deployment
from keyless.estate.imported.templates.model import Template


@dataclass
class Templates:
    """Templates by the name of their file, and the parameters that there are for them."""

    templates: dict[str, Template] = field(default_factory=dict)
    parameters: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    loaded: set[str] = field(default_factory=set)

    def entries(self, place: Place, unread: list[Unread]) -> Iterator[Entry]:
        """What all of them deploy; one that another one uses as a module, only as that."""
        modules = {
            self._path(file, one.path) for file, found in self.templates.items() for one in found.modules
        }
        budget = Budget()
        for file, template in self.templates.items():
            if _plain(file) not in modules:
                given = self._parameters_for(file)
                yield from Deployment(template, place, given, file, unread, self, budget=budget).entries()

    def _parameters_for(self, file: str) -> Mapping[str, Any]:
        """Those beside the template under its name; else the only ones, for the only template."""
        stem = _plain(file).rpartition(".")[0].casefold()
        for name, found in self.parameters.items():
            if _plain(name).casefold() in {f"{stem}.parameters.json", f"{stem}.params.json"}:
                return found
        alone = len(self.templates) == 1 and len(self.parameters) == 1
        return next(iter(self.parameters.values())) if alone else {}

    def load(self, file: str, path: str) -> bytes | None:
        """What is in a file that a template loads; such a file needs to be nothing known by itself."""
        wanted = self._path(file, path)
        name = next((one for one in self.contents if _plain(one) == wanted), None)
        if name is None:
            return None
        self.loaded.add(name)
        return self.contents[name]

    def find(self, file: str, path: str) -> tuple[str, Template] | None:
        """The template of a module, and its file."""
        wanted = self._path(file, path)
        return next(((name, one) for name, one in self.templates.items() if _plain(name) == wanted), None)

    def _path(self, file: str, path: str) -> str:
        return posixpath.normpath(posixpath.join(posixpath.dirname(_plain(file)), path)) if path else ""


def _plain(file: str) -> str:
    return posixpath.normpath(file.replace("\\", "/"))
