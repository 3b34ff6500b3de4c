"""What a configuration store holds as a file, and what of it the format cannot hold.

Rules:
- a set of key-values (`kvset`) holds everything, of all labels unless one is asked for;
- every other format knows keys and values alone: it holds those without a label, or of the one label that is
  asked for; that there are others is told, and so is whatever a key-value has besides and loses;
- what a format has no way to write at all is left out, and told: no value, a reference to a secret, a feature
  flag where there is no section for them, a key that would be read as something else;
- JSON and YAML write a value of a JSON content type as what it is, where every reader takes it for the same,
  and with a separator keys of several parts as nested objects and lists, as the Azure CLI does;
- a prefix is taken off the keys of settings in every format; those of feature flags never have it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import structs

from keyless.deploy.sources import Choice, Left, NotASource
from keyless.deploy.stores.content_types import is_json_type
from keyless.deploy.stores.documents import exact_json
from keyless.deploy.stores.env_written import env_text
from keyless.deploy.stores.feature_sections import SECTIONS
from keyless.deploy.stores.features_written import feature_sections
from keyless.deploy.stores.formats import OF_DOTNET, Format
from keyless.deploy.stores.found import is_flag_key
from keyless.deploy.stores.kvset import kvset_text
from keyless.deploy.stores.nested import nested
from keyless.deploy.stores.properties_written import properties_text
from keyless.estate.key_values import FLAG_PREFIX, REFERENCE_TYPE
from keyless.estate.yaml_text import dump
from keyless.planes.appconfig.key_values.records import KeyValue, Name

_FLAT = frozenset({Format.ENV, Format.PROPERTIES})
_HOLDS_ALL = "`--format kvset` holds everything"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which key-values are wanted, and how they are written.

    ``label`` none means all where the format has labels, else those without; ``prefix`` is taken off the
    keys that have it, and others are not wanted; ``spelling`` names .NET's schema for the flags that fit it.
    """

    format: Format
    label: str | None = None
    prefix: str = ""
    separator: str = ""
    choice: Choice = field(default_factory=Choice)
    tags: Mapping[str, str] = field(default_factory=dict)
    skip_features: bool = False
    skip_references: bool = False
    spelling: str | None = None

    def wants(self, one: KeyValue) -> bool:
        """Whether a key-value is wanted, its label aside."""
        is_flag = is_flag_key(one.key)
        called = self.called(one).removeprefix(FLAG_PREFIX)
        return (
            (is_flag or one.key.startswith(self.prefix))
            and not (is_flag and self.skip_features)
            and not (self.skip_references and one.content_type == REFERENCE_TYPE)
            and self.choice.takes(called, one.key)
            and all(one.tags.get(name) == value for name, value in self.tags.items())
        )

    def called(self, one: KeyValue) -> str:
        """The key that a key-value has in the file."""
        return one.key if is_flag_key(one.key) else one.key.removeprefix(self.prefix)

    def labelled(self, one: KeyValue) -> bool:
        """Whether a key-value has a label that is wanted."""
        if self.label is None and self.format is Format.KVSET:
            return True
        return one.label == (self.label or None)


@dataclass(slots=True)
class Written:
    """A file's text; which key-values are in it, which are not, and what those in it lose.

    ``other_labels`` are those that key-values have which would have been wanted, too.
    """

    text: str = field(default="", repr=False)
    held: list[KeyValue] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    lost: list[tuple[Name, list[str]]] = field(default_factory=list)
    other_labels: list[str | None] = field(default_factory=list)


def written(key_values: Iterable[KeyValue], wanted: Wanted) -> Written:
    """The file with what is wanted.

    Raises:
        NotWritable: two keys cannot stand beside each other in it.
    """
    chosen = [one for one in key_values if wanted.wants(one)]
    result = Written(held=[one for one in chosen if wanted.labelled(one)])
    others = {one.label for one in chosen if not wanted.labelled(one)}
    result.other_labels = sorted(others, key=lambda label: label or "")
    result.held = [one for one in result.held if _can_stand(one, wanted, result.left)]
    if wanted.format is Format.KVSET:
        result.text = kvset_text(structs.replace(one, key=wanted.called(one)) for one in result.held)
        return result
    if wanted.format in _FLAT:
        _write_flat(wanted, result)
    else:
        _write_nested(wanted, result)
    result.lost = [(Name(one.key, one.label), lost) for one in result.held if (lost := _lost(one))]
    return result


def _can_stand(one: KeyValue, wanted: Wanted, left: list[Left]) -> bool:
    why = _without_prefix(one, wanted)
    if not why and wanted.format is not Format.KVSET and (lacking := _what_lacks(one, wanted.format)):
        why = f"{lacking}: {_HOLDS_ALL}"
    if why:
        left.append(Left(one.key, why))
    return not why


def _without_prefix(one: KeyValue, wanted: Wanted) -> str:
    """Why the rest of a key is none; empty where it is one."""
    called = wanted.called(one)
    if not called:
        return "nothing is left of its key without the prefix"
    if called != one.key and is_flag_key(called):
        return "without the prefix its key is that of a feature flag"
    return ""


def _what_lacks(one: KeyValue, format_: Format) -> str:
    """What a format that knows keys and values alone has no way to write; empty where it has one."""
    if one.value is None:
        return "it has no value"
    if one.content_type == REFERENCE_TYPE:
        return "it refers to a secret, and the format cannot say so"
    if is_flag_key(one.key) and format_ in _FLAT:
        return "the format has no feature flags"
    return ""


def _lost(one: KeyValue) -> list[str]:
    """What a key-value has besides key and value; the content type of a flag is what its section says."""
    has = {
        "content type": bool(one.content_type) and not is_flag_key(one.key),
        "tags": bool(one.tags),
        "description": one.description is not None,
        "lock": one.locked,
    }
    return [what for what, is_there in has.items() if is_there]


def _write_flat(wanted: Wanted, result: Written) -> None:
    settings = {wanted.called(one): one.value or "" for one in result.held}
    if wanted.format is Format.PROPERTIES:
        result.text = properties_text(settings)
        return
    result.text, unwritable = env_text(settings, wanted.separator)
    result.left += unwritable
    gone = {one.what for one in unwritable}
    result.held = [one for one in result.held if wanted.called(one) not in gone]


def _write_nested(wanted: Wanted, result: Written) -> None:
    separator = wanted.separator or (OF_DOTNET if wanted.format is Format.APPSETTINGS else "")
    flags = [one for one in result.held if is_flag_key(one.key)]
    settings = {wanted.called(one): _meant(one) for one in result.held if not is_flag_key(one.key)}
    for key in [key for key in settings if _first(key, separator) in SECTIONS]:
        del settings[key]
        result.left.append(Left(wanted.prefix + key, f"it would be read as a feature flag: {_HOLDS_ALL}"))
    sections, unwritable = feature_sections(flags, wanted.spelling)
    result.left += unwritable
    gone = {one.what for one in result.left}
    result.held = [one for one in result.held if one.key not in gone]
    document = nested(settings, separator) | sections
    is_yaml = wanted.format is Format.YAML
    result.text = dump(document) if is_yaml else json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _first(key: str, separator: str) -> str:
    return key.partition(separator)[0] if separator else key


def _meant(one: KeyValue) -> object:
    """A setting's value: what its JSON says where its content type says that it is JSON."""
    value = one.value or ""
    if not is_json_type(one.content_type):
        return value
    try:
        return exact_json(value)
    except (NotASource, json.JSONDecodeError):
        return value


def looks_secret(judged: Sequence[tuple[KeyValue, str]]) -> list[Name]:
    """The names of those that look like secrets."""
    return [Name(one.key, one.label) for one, why in judged if why]
