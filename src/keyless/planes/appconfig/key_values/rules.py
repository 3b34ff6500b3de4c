"""What a key-value may be called and hold.

Rules:
- a key is not empty, `.` or `..`, and has no `%`; keys, labels, content types and tags have no control
  characters; a tag's name is not blank;
- what is written has at most 256 characters (UTF-16 code units) in its key, its label, and the names and
  values of its tags. What is only looked for may be longer: there is none such;
- all of it together is at most 10 KB in UTF-8. Azure counts the request's body, which is held to the same
  limit before it comes here.

Sources: https://learn.microsoft.com/azure/azure-app-configuration/concept-key-value#keys (names, size), and
https://github.com/Azure/AppConfiguration/issues/755 (the answer to what is too large);
https://github.com/Azure/AppConfiguration-Emulator, `DataModelConstraints` (lengths)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from keyless.planes.appconfig.key_values.records import KeyValue, Name
from keyless.wire.errors import InvalidRequest, PayloadTooLarge

MAX_BYTES = 10 * 1024
MAX_CHARACTERS = 256
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Content:
    """What a key-value holds, as its writer gives it."""

    value: str | None = field(default=None, repr=False)
    content_type: str | None = None
    tags: Mapping[str, str | None] = field(default_factory=dict)
    description: str | None = None

    @property
    def texts(self) -> list[str]:
        """Every text in it."""
        tags = [text for tag in self.tags.items() for text in tag]
        return [text for text in (self.value, self.content_type, self.description, *tags) if text is not None]


def content_of(record: KeyValue) -> Content:
    """What a key-value holds."""
    return Content(record.value, record.content_type, record.tags, record.description)


def check_name(name: Name) -> None:
    """Refuse what no key-value can be called.

    Raises:
        InvalidRequest: the key or the label is not one.
    """
    key, label = name
    if key in {"", ".", ".."} or "%" in key or _CONTROL.search(key):
        raise InvalidRequest(
            f"`{key[:256]}` is not a key: it must not be empty, `.` or `..`, nor have a `%` or control "
            "characters",
            field="key",
        )
    if label is not None and _CONTROL.search(label):
        raise InvalidRequest("a label must not have control characters", field="label")


def is_too_long(name: Name) -> bool:
    """Whether nothing of this name can have been written; a name that is a little too long may pass."""
    return len(name.key) > MAX_CHARACTERS or len(name.label or "") > MAX_CHARACTERS


def check_content(name: Name, content: Content) -> None:
    """Refuse what a key-value cannot hold.

    Raises:
        InvalidRequest: a tag has no name, or a text that must not has control characters.
        PayloadTooLarge: it is too much.
    """
    _check_lengths(name, content)
    if content.content_type is not None and _CONTROL.search(content.content_type):
        raise InvalidRequest("a content type must not have control characters", field="content_type")
    for tag, value in content.tags.items():
        if not tag.strip() or _CONTROL.search(tag + (value or "")):
            raise InvalidRequest(
                "a tag must have a name, and no control characters in its name or value", field="tags"
            )
    size = size_of(name, content)
    if size > MAX_BYTES:
        raise PayloadTooLarge(
            f"the key-value has {size} bytes; its key, label, value, content type, description and tags "
            f"together may have {MAX_BYTES}"
        )


def size_of(name: Name, content: Content) -> int:
    """How many bytes a key-value counts."""
    return sum(len(text.encode()) for text in (name.key, name.label or "", *content.texts))


def _check_lengths(name: Name, content: Content) -> None:
    tags = (text or "" for tag in content.tags.items() for text in tag)
    for field_name, texts in (("key", (name.key,)), ("label", (name.label or "",)), ("tags", tags)):
        if any(len(text.encode("utf-16-le")) > 2 * MAX_CHARACTERS for text in texts):
            told = "the name or the value of a tag" if field_name == "tags" else f"a {field_name}"
            raise InvalidRequest(f"{told} must have at most {MAX_CHARACTERS} characters", field=field_name)
