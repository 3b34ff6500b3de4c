"""Files of JSON and YAML as plain values, as they are written by hand.

Rules:
- JSON may have comments and commas before a closing bracket, as files of settings often do;
- keys of YAML are texts, as they are written; dates are texts, too; several documents of one file are one;
- a name that stands twice in one object is refused, as is a value in two documents: readers differ in which
  one they take;
- how much there is, also behind aliases of YAML, and how deep, is bounded; no message holds a value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from math import isfinite
from typing import Any, NoReturn

import yaml

from keyless.deploy.sources import NotASource

MOST_VALUES = 100_000
DEEPEST = 64
# what has no end is matched to the end, so that nothing is looked at twice
_TEXT = r'"(?:[^"\\]|\\.)*+"?'
_TEXT_OR_COMMENT = re.compile(_TEXT + r"|(//[^\n]*+|/\*.*?\*/)|/\*.*", re.DOTALL)
_TEXT_OR_COMMA = re.compile(_TEXT + r"|(,)(?=\s*+[}\]])", re.DOTALL)
_MERGE = "tag:yaml.org,2002:merge"
_CLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parsed_json(text: str) -> Any:  # noqa: ANN401  # any JSON
    """The value of a JSON file.

    Raises:
        NotASource: it is none.
    """
    try:
        return exact_json(text)
    except json.JSONDecodeError:
        plain = _TEXT_OR_COMMENT.sub(lambda one: _as_space(one[1]) if one[1] else one[0], text)
        plain = _TEXT_OR_COMMA.sub(lambda one: "" if one[1] else one[0], plain)
    try:
        return exact_json(plain)
    except json.JSONDecodeError as error:
        raise NotASource(f"it is not JSON: {error.msg.lower()} on line {error.lineno}") from None


def exact_json(text: str) -> Any:  # noqa: ANN401  # any JSON
    """The value of JSON as programs write it.

    Raises:
        json.JSONDecodeError: it is none.
        NotASource: readers differ in what it says, or it is too much.
    """
    return _bounded(_decoded(text))


def _as_space(comment: str) -> str:
    """White space of as many lines, so that what is told of a line is true."""
    return "\n" * comment.count("\n") or " "


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
        _check_once(name for name, _ in pairs)
    return found


def _check_once(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise NotASource(f"the name `{name}` stands twice in one object: keep the one that is meant")
        seen.add(name)


def _constant(name: str) -> NoReturn:
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
    return _bounded(_as_one(found, ""))


def _as_one(mappings: Iterable[dict[str, Any]], within: str) -> dict[str, Any]:
    """Mappings as one that has everything of each."""
    whole: dict[str, Any] = {}
    for name, value in (pair for one in mappings for pair in one.items()):
        there = whole.get(name, {})
        if name not in whole:
            whole[name] = value
        elif isinstance(there, dict) and isinstance(value, dict):
            whole[name] = _as_one((there, value), f"{within}{name}.")
        else:
            raise NotASource(
                f"`{within}{name}` stands in several of its documents, and a store has one value of it: "
                "make a file of each, and bring those in with a `--label` of their own"
            )
    return whole


class _Loader(_CLoader):  # type: ignore[valid-type, misc]  # C where PyYAML was built with it
    """Reads what JSON could hold, and dates as they are written."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # PyYAML's own
        first: [one for one in resolvers if one[0] != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[str, Any]:
        """A mapping by the texts of its keys."""
        self.flatten_mapping(node)
        return {key.value: self.construct_object(value, deep=deep) for key, value in node.value}

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Put what is merged into a mapping before its own, which counts; each name is in it once then."""
        if not all(isinstance(key, yaml.ScalarNode) for key, _ in node.value):
            raise NotASource("a key is no text")
        _check_once(key.value for key, _ in node.value if key.tag != _MERGE)
        super().flatten_mapping(node)
        node.value = list({key.value: (key, value) for key, value in node.value}.values())

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401  # any YAML
        """A value; what only looks like a number or date, or has a tag that is not its own, is refused."""
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, LookupError, AttributeError):  # PyYAML's own, with the value in them
            line = node.start_mark.line + 1
            raise NotASource(f"the value on line {line} is not of its type: put texts in quotes") from None


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
