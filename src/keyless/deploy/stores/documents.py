"""Files of JSON and YAML as plain values, as they are written by hand.

Rules:
- JSON may have comments and commas before a closing bracket, as files of settings often do;
- keys of YAML are texts, as they are written; dates are texts, too; several documents of one file are merged;
- a name that stands twice in one object is refused: readers differ in which one they take;
- how much there is, also behind aliases of YAML, and how deep, is bounded; no message holds a value.
"""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any

import yaml

from keyless.deploy.sources import NotASource

MOST_VALUES = 100_000
DEEPEST = 64
_TEXT_OR_COMMENT = re.compile(r'"(?:[^"\\]|\\.)*+"|//[^\n]*+|/\*.*?\*/', re.DOTALL)
_TEXT_OR_COMMA = re.compile(r'"(?:[^"\\]|\\.)*+"|,(?=\s*+[}\]])', re.DOTALL)
_CLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parsed_json(text: str) -> Any:  # noqa: ANN401  # any JSON
    """The value of a JSON file.

    Raises:
        NotASource: it is none.
    """
    try:
        return _bounded(_decoded(text))
    except json.JSONDecodeError:
        plain = _TEXT_OR_COMMENT.sub(lambda one: one[0] if one[0].startswith('"') else " ", text)
        plain = _TEXT_OR_COMMA.sub(lambda one: one[0] if one[0].startswith('"') else "", plain)
    try:
        return _bounded(_decoded(plain))
    except json.JSONDecodeError as error:
        raise NotASource(f"it is not JSON: {error.msg.lower()} on line {error.lineno}") from None


def _decoded(text: str) -> Any:  # noqa: ANN401  # any JSON
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except RecursionError:
        raise NotASource(f"it is nested more than {DEEPEST} levels deep") from None
    except json.JSONDecodeError:
        raise
    except ValueError:  # Python reads no whole number of more than some thousand digits
        raise NotASource("a number in it is too long") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _twice(next(name for name in names if names.count(name) > 1))
    return found


def _twice(name: str) -> NotASource:
    return NotASource(f"the name `{name}` stands twice in one object: keep the one that is meant")


def _constant(name: str) -> Any:  # noqa: ANN401  # never returns
    raise NotASource(f"`{name}` is no number of JSON")


def parsed_yaml(text: str) -> Any:  # noqa: ANN401  # any YAML
    """The value of a YAML file; its documents as one.

    Raises:
        NotASource: it is no YAML, or its documents are no mappings.
    """
    try:
        _check_depth(text)
        found = [
            _bounded(one) for one in yaml.load_all(text, Loader=_Loader) if one is not None
        ]  # a safe one
    except yaml.MarkedYAMLError as error:
        line = f" on line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise NotASource(f"it is not YAML: {(error.problem or 'it cannot be read').lower()}{line}") from None
    except yaml.YAMLError:
        raise NotASource("it is not YAML: a character in it is not allowed there") from None
    if len(found) == 1:
        return found[0]
    if not all(isinstance(one, dict) for one in found):
        raise NotASource("it has several documents, which are not all mappings")
    return {name: value for one in found for name, value in one.items()}


class _Loader(_CLoader):  # type: ignore[valid-type, misc]  # C where PyYAML was built with it
    """Reads what JSON could hold, and dates as they are written."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # PyYAML's own
        first: [one for one in resolvers if one[0] != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[str, Any]:
        """A mapping by the texts of its keys."""
        own = [key.value for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
        self.flatten_mapping(node)
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise NotASource("a key is no text")
        if len(set(own)) < len(own):
            raise _twice(next(str(name) for name in own if own.count(name) > 1))
        return {key.value: self.construct_object(value, deep=deep) for key, value in node.value}


def _check_depth(text: str) -> None:
    """Look at the file event by event, which needs no stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_CLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise NotASource(f"it is nested more than {DEEPEST} levels deep")


def _bounded(document: Any) -> Any:  # noqa: ANN401  # any JSON
    """A document, if it stands for no more than can be taken in."""
    if _size(document, {}, 0) > MOST_VALUES:
        raise NotASource(f"it stands for more than {MOST_VALUES:,} values")
    return document


def _size(value: Any, known: dict[int, int], depth: int) -> int:  # noqa: ANN401  # any JSON
    """How many values there are, aliases followed; each object is looked at once."""
    if not isinstance(value, dict | list):
        if value is None or isinstance(value, str | int) or (isinstance(value, float) and isfinite(value)):
            return 1
        raise NotASource("a value in it is of a kind that JSON has not")
    if depth > DEEPEST:
        raise NotASource(f"it is nested more than {DEEPEST} levels deep, or refers to itself")
    if id(value) not in known:
        parts = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_size(one, known, depth + 1) for one in parts)
    return known[id(value)]
