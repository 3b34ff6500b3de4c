"""Whether a text that stands under the name of a secret is one, and how sure that is.

Rules:
- never: what stands for something else, names of variables and of settings, paths, addresses, GUIDs, words of
  schemas, the name itself, sentences, types and versions;
- a value drawn by lot, or of several kinds of characters, is one for sure;
- a plain word is one only where a password is wanted, and the caller decides where that is; `postgres` is
  what a developer's database has.
"""

from __future__ import annotations

import enum
import re

from keyless.catalog.shapes.names import NameOf, name_of_secret, words_of
from keyless.catalog.shapes.placeholders import stands_for_something

_LONGEST = 256
_GUID = re.compile(r"\{?[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\}?")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|%[A-Za-z_]+%|\$?env:[\w.]+", re.ASCII)
_DOTTED = re.compile(
    r"[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)+|[A-Za-z][\w-]*(:[A-Za-z][\w-]*)+|[A-Za-z_]\w*__\w+"
)
_WORDS = re.compile(r"[A-Za-z]+([ _\-./][A-Za-z]+)*")
_SETTING = re.compile(
    r"[a-z]+([_-][a-z0-9]+)*[_-](key|secret|password|token|name|id|url|uri|header|param|field|v?\d)"
)
_SENTENCE = re.compile(r"([A-Za-z]{1,20}[_ \-]){3,30}[A-Za-z0-9_ \-]{1,60}")
_CAMEL = re.compile(r"[A-Za-z][a-z]+([A-Z][a-z]+)+\d?")
_PATH = re.compile(
    r"(\.{0,2}|~|[A-Za-z]:)?[/\\][\w.\-/\\ ]*"
    r"|[\w\-./]+\.(json|ya?ml|pem|key|txt|crt|cer|pfx|xml|js|ts|py|cs|md|env)"
)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{0,30}:(//|[a-z])", re.IGNORECASE)
_COMMON = re.compile(
    r"qwe(?:rty)?|asdf?|p[a@]ss(?:w[o0]rd)?|admin|welcome|azure|test|0?1(?:234?5?6?)?|!@#|[!@#$.]"
)
_OWN = re.compile(r"my[a-z]{0,12}(password|passw0rd|pass|pwd|secret)\d{2,8}\W{0,3}", re.IGNORECASE)
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d{2,5})?|[\w-]+:\d{2,5}")
_NAMED = re.compile(r"[A-Za-z0-9]{0,15}|[A-Za-z0-9]*[_.-][\w.-]*")
_TYPED = re.compile(r"[A-Za-z0-9!?@#&+~_-]+")
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
_VERSION = re.compile(r"v?\d+(\.\d+){1,3}([.-][\w.]+)?|\d{4}-\d{2}-\d{2}(T[\d:.Z+-]*)?")
_SCHEMA = frozenset(
    {
        "string",
        "str",
        "text",
        "none",
        "null",
        "true",
        "false",
        "object",
        "any",
        "varchar",
        "required",
        "optional",
    }
    | {"integer", "int", "bool", "boolean", "secret", "securestring", "hidden", "masked", "password", "array"}
    | {
        "default",
        "empty",
        "undefined",
        "basic",
        "bearer",
        "oauth2",
        "apikey",
        "token",
        "auto",
        "generate",
        "random",
    }
    | {
        "disabled",
        "enabled",
        "yes",
        "no",
        "on",
        "off",
        "post",
        "get",
        "header",
        "query",
        "cookie",
        "body",
        "form",
    }
)
_DUMMIES = frozenset(
    {
        "admin",
        "root",
        "postgres",
        "mysql",
        "guest",
        "user",
        "test",
        "pass",
        "pwd",
        "demo",
        "dev",
        "local",
        "sa",
    }
    | {"password1", "password123", "passw0rd", "p@ssw0rd", "p@ssword", "test123", "admin123", "1234", "12345"}
    | {
        "123456",
        "12345678",
        "123456789",
        "secret123",
        "letmein",
        "qwerty",
        "abc123",
        "changeit",
        "strapi",
        "mongo",
    }
)


class Sureness(enum.IntEnum):
    """How sure it is that a value is a secret."""

    NOT_ONE = 0
    KNOWN_TO_ALL = 1
    """A password that every developer's database has."""
    A_WORD = 2
    RATHER = 3
    FOR_SURE = 4


def secret_under(name: str, value: str) -> Sureness:
    """How sure it is that a value under a name is a secret."""
    kind = name_of_secret(name)
    text = value.strip()
    if kind is NameOf.PASSWORD and _OWN.fullmatch(text):
        return Sureness.A_WORD
    if kind is NameOf.NOTHING or not 3 < len(text) <= _LONGEST or _is_something_else(name, text):
        return Sureness.NOT_ONE
    if text.casefold() in _DUMMIES:
        return Sureness.KNOWN_TO_ALL if kind is NameOf.PASSWORD else Sureness.NOT_ONE
    if _WORDS.fullmatch(text) or _CAMEL.fullmatch(text):
        is_word = kind is NameOf.PASSWORD and not set(text) & set(" _-./")
        return Sureness.A_WORD if is_word else Sureness.NOT_ONE
    if any(character.isspace() for character in text):
        return Sureness.NOT_ONE
    return _by_characters(kind, text)


def key_given(text: str, *, takes_words: bool) -> bool:
    """Whether a text that is given for a key is one: not what stands for it, names it or says where it is."""
    if not 8 <= len(text) <= _LONGEST or stands_for_something(text):
        return False
    if any(one.fullmatch(text) for one in (_VARIABLE, _DOTTED, _SETTING, _PATH)) or _ADDRESS.match(text):
        return False
    return takes_words or not (_WORDS.fullmatch(text) or _CAMEL.fullmatch(text))


def kept_value(value: str) -> bool:
    """Whether a value that is kept as a secret looks like one: more than a word, an address or a setting."""
    text = value.strip()
    if "\n" in text or not key_given(text, takes_words=True):
        return False
    if any(one.fullmatch(text) for one in (_GUID, _VERSION, _HOST)) or text.casefold() in _SCHEMA | _DUMMIES:
        return False
    if _WORDS.fullmatch(text) or _CAMEL.fullmatch(text):
        return " " in text
    return not (text.isdigit() or _NAMED.fullmatch(text))


def _is_something_else(name: str, text: str) -> bool:
    folded = text.casefold()
    return (
        folded in _SCHEMA
        or stands_for_something(text)
        or words_of(text) == words_of(name)
        or (len(text) < 40 and words_of(name).endswith(words_of(text)) and len(words_of(text)) > 4)
        or any(
            pattern.fullmatch(text) is not None
            for pattern in (_GUID, _VARIABLE, _DOTTED, _SETTING, _SENTENCE, _PATH, _VERSION)
        )
        or (_ADDRESS.match(text) is not None and "@" not in text)
    )


def _by_characters(kind: NameOf, text: str) -> Sureness:
    classes = sum(
        (
            any(one.islower() for one in text),
            any(one.isupper() for one in text),
            any(one.isdigit() for one in text),
            any(not one.isalnum() for one in text),
        )
    )
    digits = sum(one.isdigit() for one in text)
    if kind is NameOf.PASSWORD:
        if classes >= 3 and len(text) >= 8:
            return Sureness.RATHER if len(_COMMON.sub("", text.casefold())) < 3 else Sureness.FOR_SURE
        return Sureness.RATHER if classes >= 2 else Sureness.A_WORD
    if kind is NameOf.SOME_KEY:
        if len(text) >= 80 and text.endswith("=") and classes >= 3:
            return Sureness.FOR_SURE
        drawn = classes + (len(text) >= 32) >= 4 and len(text) >= 24 and digits >= 1
        return Sureness.RATHER if drawn else Sureness.NOT_ONE
    if len(text) >= 16 and classes >= 2 and digits >= 2:
        return Sureness.FOR_SURE
    marked = len(text) >= 12 and not set(text) <= _PLAIN and _TYPED.fullmatch(text) is not None
    rather = classes >= 3 and (marked or (digits and len(text) >= 8))
    return Sureness.RATHER if rather else Sureness.NOT_ONE
