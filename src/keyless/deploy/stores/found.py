"""What a source holds for a configuration store: key-values to come in, and what cannot.

Rules:
- the key of a setting begins with the prefix that was asked for; those of feature flags never do;
- a label that was asked for goes before one that the source has, and so do tags, one by one;
- one key-value that stands twice and says the same is one; where it says two things, both are refused, since
  neither is more right;
- a key-value that no store takes is left out, and told with what the service says of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from keyless.deploy.sources import Choice, Left
from keyless.deploy.stores.content_types import is_json, is_json_type
from keyless.estate.key_values import FLAG_PREFIX
from keyless.model.visible import visible
from keyless.planes.appconfig.key_values.arrivals import Arrival
from keyless.planes.appconfig.key_values.records import Name
from keyless.planes.appconfig.key_values.rules import Content, check_content, check_name
from keyless.wire.errors import WireError


@dataclass(frozen=True, slots=True)
class Form:
    """How key-values are made of what a source holds.

    ``separator`` stands between the parts of a key; empty where what is nested becomes one value of JSON.
    ``depth`` is how many levels become parts of keys; none for all. ``label`` is what all get; none leaves
    each what it has. ``content_type`` and ``tags`` are for what has none in the source. ``from_label`` is the
    one that is wanted of a source that has labels; none for all.
    """

    separator: str = ""
    depth: int | None = None
    prefix: str = ""
    label: str | None = None
    content_type: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    skip_features: bool = False
    from_label: str | None = None

    @property
    def levels(self) -> int | None:
        """How many levels become parts of keys; none for all."""
        return self.depth if self.separator else 1


class NotThatType(Exception):
    """A value is not what its content type says."""


@dataclass(slots=True)
class FoundSettings:
    """What a source holds.

    ``has_labels`` where each key-value says its own; ``has_features`` where feature flags can be in it;
    ``unread`` where something in it could not even be named.
    """

    form: Form
    choice: Choice
    has_labels: bool = False
    has_features: bool = False
    unread: bool = False
    left: list[Left] = field(default_factory=list)
    clashes: list[str] = field(default_factory=list)
    _arrivals: dict[Name, Arrival] = field(default_factory=dict)
    _seen: set[Name] = field(default_factory=set)

    @property
    def arrivals(self) -> list[Arrival]:
        """The key-values that can come in."""
        return list(self._arrivals.values())

    def add_setting(self, key: str, value: str) -> None:
        """Note a setting of a source that knows keys and values alone."""
        if is_flag_key(key):
            self.leave_setting(key, f"keys that begin with `{FLAG_PREFIX}` are those of feature flags")
        else:
            self.add(Name(key), Content(value))

    def leave_setting(self, key: str, why: str) -> None:
        """Note a setting that cannot come in."""
        if self.choice.takes(key, self.form.prefix + key):
            self._leave(self._final(Name(key)), why)

    def add(self, name: Name, content: Content, *, locked: bool = False) -> None:
        """Note a key-value, or why it is left out."""
        called, final = name.key.removeprefix(FLAG_PREFIX), self._final(name)
        skipped = self.form.skip_features and is_flag_key(name.key)
        if skipped or not self._wants_label(name.label) or not self.choice.takes(called, final.key):
            return
        arrival = Arrival(final, self._filled(content, is_flag=is_flag_key(name.key)), locked)
        try:
            check_name(final)
            check_content(final, arrival.content)
            self._check_type(arrival.content)
        except (WireError, NotThatType) as error:
            self._leave(final, str(error))
            return
        except UnicodeEncodeError:
            self._leave(final, "there is half of a character in it")
            return
        if self._arrivals.setdefault(final, arrival) != arrival:
            self.clashes.append(f"{in_words(final)} would be written twice, with different contents")

    def _filled(self, content: Content, *, is_flag: bool) -> Content:
        """A content with what all get."""
        content_type = content.content_type
        if not (content_type or is_flag) and self.form.content_type:
            content_type = self.form.content_type
        return replace(content, content_type=content_type, tags={**content.tags, **self.form.tags})

    def _check_type(self, content: Content) -> None:
        """Refuse a value that is not what the content type that all get says."""
        asked = self.form.content_type
        if (
            asked
            and content.content_type == asked
            and is_json_type(asked)
            and not is_json(content.value or "")
        ):
            raise NotThatType(f"it is no JSON, which `{asked}` says that it is")

    def _final(self, name: Name) -> Name:
        """What a key-value of the source is called in the store."""
        key = name.key if is_flag_key(name.key) else self.form.prefix + name.key
        return Name(key, (name.label if self.form.label is None else self.form.label) or None)

    def leave_flag(self, name: str, why: str) -> None:
        """Note a feature flag that cannot come in."""
        if self.choice.takes(name):
            self._leave(self._final(Name(FLAG_PREFIX + name)), why)

    def leave_unread(self, what: str, why: str) -> None:
        """Note what is no key-value at all."""
        self.left.append(Left(what, why))
        self.unread = True

    def _leave(self, final: Name, why: str) -> None:
        self.left.append(Left(final.key, why))
        self._seen.add(final)

    def knows(self, name: Name) -> bool:
        """Whether a key-value of the store is in the source, be it that it cannot come in."""
        return name in self._arrivals or name in self._seen

    def covers(self, name: Name) -> bool:
        """Whether a key-value of the store lies in the part that the source speaks of."""
        if is_flag_key(name.key):
            spoken_of = self.has_features and not self.form.skip_features
            called = name.key.removeprefix(FLAG_PREFIX)
        else:
            spoken_of = name.key.startswith(self.form.prefix)
            called = name.key.removeprefix(self.form.prefix)
        return spoken_of and self._covers_label(name.label) and self.choice.takes(called, name.key)

    def _covers_label(self, label: str | None) -> bool:
        if self.form.label is None and self.has_labels:
            return self._wants_label(label)
        return label == (self.form.label or None)

    def _wants_label(self, label: str | None) -> bool:
        wanted = self.form.from_label
        return not self.has_labels or wanted is None or label == (wanted or None)


def is_flag_key(key: str) -> bool:
    """Whether a key is that of a feature flag."""
    return key.startswith(FLAG_PREFIX)


def in_words(name: Name) -> str:
    """A key-value's name in a sentence."""
    labelled = f" with the label `{visible(name.label)}`" if name.label else ""
    return f"`{visible(name.key)}`{labelled}"
