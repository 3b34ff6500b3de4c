"""Writing YAML that the reader, and any YAML 1.1 or 1.2 parser, takes for just what was meant."""

from __future__ import annotations

import math
import re

import yaml

WIDTH = 110
_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_./-]|:(?=\S))*")


class _WithoutAliases(yaml.SafeDumper):
    """Writes every value where it stands, even where two are the same object."""

    def ignore_aliases(self, data: object) -> bool:
        """Never write an alias."""
        return True


def _represent_text(dumper: _WithoutAliases, text: str) -> yaml.ScalarNode:
    """Text, in double quotes where a line break or the like would be lost in another style."""
    style = None if text.isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_WithoutAliases.add_representer(str, _represent_text)


def dump(document: object) -> str:
    """A document of mappings, lists and scalars, as block YAML with its innermost collections on one line."""
    return str(
        yaml.dump(
            document,
            Dumper=_WithoutAliases,
            default_flow_style=None,
            sort_keys=False,
            allow_unicode=True,
            width=WIDTH,
        )
    )


def scalar(text: str) -> str:
    """Text as one line of YAML, usable as a key or value, also within brackets and comments."""
    if _PLAIN.fullmatch(text) and yaml.safe_load(text) == text:
        return text
    return str(yaml.dump(text, Dumper=_WithoutAliases, default_style='"', width=math.inf)).strip()
