"""Public Bicep modules (Azure Verified Modules): what each makes, and which parameter stands for what.

Rules:
- a module goes by its path in the public registry, of whatever version: the table is of one version, and
  tells names that parameters had before where they are known;
- a parameter may be within another (`networkRestrictions.publicNetworkAccess`), and may be a record, of which
  the rest of a property's path is taken;
- `default` is what the property is where the parameter is not given; `unsure` that this hangs on others;
- a property without a parameter or value is worked out by the module: nothing is known of it.

Source: https://github.com/Azure/bicep-registry-modules; written by ``scripts/build_avm_modules.py``
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from keyless.catalog.files import read_data

Plain = str | int | bool
_PATH = re.compile(r"(avm/(?:res|ptn)/[\w./-]+)")


class AvmProperty(msgspec.Struct, frozen=True):
    """What tells a property: the parameter ``of``, or the value ``is_``; neither where nothing does."""

    of: str = ""
    once: tuple[str, ...] = ()
    negated: bool = False
    default: Plain | dict[str, Plain] | None = None
    unsure: bool = False
    is_: Plain | None = msgspec.field(default=None, name="is")

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names that the parameter has or had."""
        return (self.of, *self.once) if self.of else ()


class AvmModule(msgspec.Struct, frozen=True, rename="camel"):
    """A module of one resource, with children that do not count here."""

    arm: str
    api_version: str = ""
    properties: dict[str, AvmProperty] = {}

    def told_by(self, path: str) -> tuple[AvmProperty, str] | None:
        """What tells a property, and what of its path is to be taken of that; none where nothing is said."""
        known = {name.casefold(): told for name, told in self.properties.items()}
        parts = path.split(".")
        for length in range(len(parts), 0, -1):
            before = ".".join(parts[:length]).casefold()
            found = known.get(before) or (known.get(f"{before}.*") if length < len(parts) else None)
            if found is not None:
                return found, ".".join(parts[length:])
        return None


class _File(msgspec.Struct, frozen=True):
    modules: dict[str, AvmModule]


def avm_path(source: str) -> str:
    """The path in the public registry that a module's source names; empty for any other source."""
    found = _PATH.search(source.partition("?")[0]) if source.startswith(("br/", "br:")) else None
    return found[1].rstrip("/") if found is not None else ""


def avm_module(source: str) -> AvmModule | None:
    """The module that a source names; none where the table has none."""
    path = avm_path(source)
    return _modules().get(path) if path else None


@lru_cache(maxsize=1)
def _modules() -> dict[str, AvmModule]:
    return msgspec.json.decode(read_data("avm_modules.json"), type=_File).modules
