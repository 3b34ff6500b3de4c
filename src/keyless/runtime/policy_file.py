"""Reading `keyless.policy.yaml`: what a person decides about a plan, or everything that is wrong with it.

Rules:
- the file is YAML with the keys of ``PlanPolicy`` and no others; what is left out has its default, and a file
  without any key is the default policy;
- every problem is told at once, with line, column and the path of its key; nothing that the file says is
  repeated but keys;
- text that YAML takes for a date stays text.

What the keys mean, their own modules say (``keyless.plan.policy``).
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from keyless.estate.document import compose, load_file
from keyless.estate.problems import WHOLE_FILE, At, EstateProblem, InvalidEstate
from keyless.estate.reading import Reading, Rejected, place, refuse
from keyless.estate.shapes.base import is_null, kind_of
from keyless.estate.shapes.pairs import pairs_of
from keyless.model.nearest import nearest, quoted_list
from keyless.plan.policy.policy import DEFAULT_POLICY, PlanPolicy
from keyless.runtime.policy_words import is_section, wanted
from keyless.runtime.project import POLICY_FILE

_PATH = re.compile(r" - at `\$([^`]*)`$")
_DATE = "tag:yaml.org,2002:timestamp"

KeyPath = str
"""Where a value stands: `roles.forbidden[0]`; empty for the whole."""


@dataclass(frozen=True, slots=True)
class ReadPolicy:
    """A policy, the name of its file, and where each key stands in it: nowhere where there is no file."""

    policy: PlanPolicy = DEFAULT_POLICY
    file: str = POLICY_FILE
    places: Mapping[KeyPath, At] = field(default_factory=dict)

    def problem(self, path: str, message: str, hint: str = "") -> EstateProblem:
        """What only shows when a plan is made, at the place of its key."""
        at = _nearest_place(self.places, path)
        return EstateProblem(self.file, at.line, at.column, f"`{path}`: {message}", hint)


def read_policy(path: Path) -> ReadPolicy:
    """The policy that a file states.

    Raises:
        InvalidEstate: the file cannot be read, or something in it is wrong; it carries every problem.
    """
    if not path.exists():
        raise refuse(str(path), "there is no such file", "name another one with `--policy`")
    return policy_of_text(load_file(path), str(path))


def policy_of_text(text: str, file: str = POLICY_FILE) -> ReadPolicy:
    """The policy that a text states; ``file`` is for messages."""
    if _says_nothing(text):
        return ReadPolicy(file=file)
    reading = _PolicyReading(file, text)
    root = compose(text, file)
    if is_null(root):
        return ReadPolicy(file=file)
    try:
        value = reading.section(root, PlanPolicy, "")
    except Rejected:
        value = {}
    reading.finish()
    return ReadPolicy(reading.whole(value), file, reading.places)


def _says_nothing(text: str) -> bool:
    lines = (line.strip() for line in text.splitlines())
    return all(not line or line.startswith("#") or line == "---" for line in lines)


class _PolicyReading(Reading):
    """One reading: ``places`` is where every key that was looked at stands."""

    def __init__(self, file: str, text: str) -> None:
        super().__init__(file, text)
        self.places: dict[KeyPath, At] = {}

    def section(self, node: Node, section: type[msgspec.Struct], path: KeyPath) -> dict[str, Any]:
        """The values of a section by key; what is wrong is reported, and left out."""
        self.count(node)
        if not isinstance(node, MappingNode):
            raise self._refused(node, path, "keys are", f"they are {quoted_list(_keys(section), 'and')}")
        known = _keys(section)
        values: dict[str, Any] = {}
        for key, child in pairs_of(node, self):
            inner = f"{path}.{key.value}" if path else key.value
            self.places[inner] = place(child) if isinstance(child, ScalarNode) else key.at
            if key.value not in known:
                self._unknown(key.at, inner, known)
                continue
            try:
                values[key.value] = self._value(child, known[key.value], inner)
            except Rejected:
                continue
        return values

    def whole(self, value: dict[str, Any]) -> PlanPolicy:
        """The policy of values that are right one by one: whether they are so together."""
        try:
            return msgspec.convert(value, PlanPolicy)
        except msgspec.ValidationError as error:
            path = _path_in(error).lstrip(".")
            self.report(_nearest_place(self.places, path), f"`{path}`: {_PATH.sub('', str(error))}")
            raise InvalidEstate(self.problems) from None

    def _value(self, node: Node, kind: object, path: KeyPath) -> object:
        if is_section(kind):
            return {} if is_null(node) else self.section(node, kind, path)
        origin, inside = typing.get_origin(kind), typing.get_args(kind)
        if origin is dict and isinstance(node, MappingNode):
            self.count(node)
            return {
                key.value: self._within(one, inside[1], f"{path}.{key.value}")
                for key, one in pairs_of(node, self)
            }
        if origin is tuple and isinstance(node, SequenceNode):
            self.count(node)
            return [self._within(one, inside[0], f"{path}[{at}]") for at, one in enumerate(node.value)]
        value = self._plain(node, path)
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            where = path + _path_in(error)
            at = _nearest_place(self.places, where)
            raise self.reject(at, f"`{where}`: {wanted(kind)} is wanted here", _hint(error)) from None
        return value

    def _within(self, node: Node, kind: object, path: KeyPath) -> object:
        """A value in a list or mapping; one that is wrong is reported, and nothing stands for it."""
        self.places[path] = place(node)
        try:
            return self._value(node, kind, path)
        except Rejected:
            return None

    def _plain(self, node: Node, path: KeyPath) -> object:
        self.count(node)
        self.places.setdefault(path, place(node))
        if isinstance(node, SequenceNode):
            return [self._plain(one, f"{path}[{at}]") for at, one in enumerate(node.value)]
        if isinstance(node, MappingNode):
            return {key.value: self._plain(one, f"{path}.{key.value}") for key, one in pairs_of(node, self)}
        if node.tag == _DATE:
            return node.value
        try:
            return yaml.constructor.SafeConstructor().construct_object(node)
        except (yaml.YAMLError, ValueError):
            raise self._refused(node, path, "another value is", "write it in quotes, if it is text") from None

    def _refused(self, node: Node, path: KeyPath, wanted: str, hint: str) -> Rejected:
        what = f"`{path}`" if path else "a policy"
        return self.reject(place(node), f"{what}: {wanted} wanted here, and this is {kind_of(node)}", hint)

    def _unknown(self, at: At, path: KeyPath, known: Mapping[str, Any]) -> None:
        near = nearest(path.rsplit(".", 1)[-1], known)
        hint = (
            f"did you mean {quoted_list(near)}?" if near else f"the keys here are {quoted_list(known, 'and')}"
        )
        self.report(at, f"`{path}` is not known", hint)


def _keys(section: type[msgspec.Struct]) -> dict[str, Any]:
    return {one.encode_name: one.type for one in msgspec.structs.fields(section)}


def _path_in(error: msgspec.ValidationError) -> KeyPath:
    """Where in a value its check failed, as far as the check tells: it leaves the keys of mappings out."""
    found = _PATH.search(str(error))
    return found[1].split("[...]")[0] if found else ""


def _hint(error: msgspec.ValidationError) -> str:
    """What the check itself says, where that is more than which kind of value is wanted."""
    text = _PATH.sub("", str(error))
    return "" if text.startswith(("Expected", "Invalid enum")) else text[:1].lower() + text[1:]


def _nearest_place(places: Mapping[KeyPath, At], path: KeyPath) -> At:
    return next((places[one] for one in _upwards(path) if one in places), WHOLE_FILE)


def _upwards(path: KeyPath) -> Iterator[KeyPath]:
    """A path, and those of what it lies in."""
    while path:
        yield path
        path = re.sub(r"(\.[^.\[]*|\[[^\]]*\]|^[^.\[]*)$", "", path)
