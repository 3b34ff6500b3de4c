"""The text that stands behind calls which only make another form of it: bytes, a pointer, a secure string.

Rules:
- what is called decides: `to.Ptr("x")`, `Base64.decode("x")`, `Buffer.from("x")`, `SecretStr("x")` are `x`
  in another form, and so are methods of the text itself (`"x".getBytes()`);
- texts that are put together of nothing but texts and numbers are one text.
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.assess.syntax.expressions import (
    Call,
    Command,
    Expr,
    Joined,
    Literal,
    Member,
    Name,
    text_of,
)

_OF_ITS_ARGUMENT = frozenset(
    {"ptr", "stringptr", "tostringptr", "pointer", "stringp"}
    | {"from", "b64decode", "standard_b64decode", "frombase64string", "decodestring", "atob", "base64"}
    | {"getbytes", "bytes", "bytearray", "secretstr", "secret", "securestring", "tosecurestring"}
    | {"unhexlify", "fromhex", "decodehex", "convertfromutf8", "plaintext", "networkcredential"}
)
_OF_ITSELF = frozenset({"getbytes", "tochararray", "encode", "bytes", "trim", "strip", "tostring", "intern"})
_OF_JAVA_TEXTS = frozenset({"getBytes", "toCharArray"})
_EITHER = frozenset({"decode", "encode", "valueof", "string"})
_FORMS = _OF_ITS_ARGUMENT | _OF_ITSELF | _EITHER
_DEEPEST = 4


def last_name(callee: Expr) -> str:
    """The last part of what is called."""
    match callee:
        case Name(id=name) | Member(name=name):
            return name
        case _:
            return ""


def unwrapped(value: Expr) -> Expr:
    """What a value is another form of; itself where it is no other form of anything."""
    for _ in range(_DEEPEST):
        inner = _inner(value)
        if inner is None:
            return value
        value = inner
    return value


def _inner(value: Expr) -> Expr | None:
    if not isinstance(value, Call) or value.types:
        return None
    written = last_name(value.callee)
    name = written.casefold()
    if name not in _FORMS:
        return None
    base = value.callee.base if isinstance(value.callee, Member) else None
    if written in _OF_JAVA_TEXTS:
        return base
    if name in _OF_ITSELF | _EITHER and isinstance(base, Literal | Call) and not _makes_a_coder(base):
        return base
    return value.arguments[0].value if value.arguments and name in _OF_ITS_ARGUMENT | _EITHER else None


def _makes_a_coder(base: Expr) -> bool:
    """`Base64.getDecoder()`, `new TextEncoder()`."""
    return isinstance(base, Call) and last_name(base.callee).casefold().endswith(("coder", "encoding"))


def joined_text(value: Expr) -> str | None:
    """A text, or what is put together of nothing but texts and numbers."""
    if isinstance(value, Joined) and all(isinstance(part, Literal) for part in value.parts):
        return "".join(str(part.value) for part in value.parts if isinstance(part, Literal))
    return text_of(value)


def assigned_in(command: Command) -> Iterator[tuple[Literal, str, str]]:
    """`password=x` among the words of a command: the word, the name and the value."""
    for word in command.words[1:]:
        text = text_of(word)
        if text is None or not isinstance(word, Literal) or "=" not in text:
            continue
        parts = text.split("=", 2)
        if text.startswith("-") and len(parts) == 3:
            parts = parts[1:]
        elif len(parts) == 3:
            parts = [parts[0], "=".join(parts[1:])]
        yield word, parts[0].lstrip("-"), parts[1].strip("\"'")
