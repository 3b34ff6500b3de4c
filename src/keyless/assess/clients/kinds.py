"""What an argument looks like, where only its spelling can tell: overloads of constructors differ by that.

Rules:
- what is made on the spot tells for sure: `new Uri(..)`, `DefaultAzureCredential()`, an options object;
- then the declared type, then words in the name of a variable, member, setting or function.
"""

from __future__ import annotations

import enum
import re

from keyless.assess.syntax.expressions import (
    Call,
    Choice,
    Expr,
    Index,
    Items,
    Joined,
    Lambda,
    Literal,
    Member,
    Name,
    Record,
    text_of,
)


class Kind(enum.StrEnum):
    """What an argument may be."""

    ADDRESS = "address"
    CREDENTIAL = "credential"
    OPTIONS = "options"
    TEXT = "text"
    UNKNOWN = "unknown"


_ADDRESS = re.compile(r"(?i)ur[il]$|ur[il]s?\b|endpoint|namespace(?!connection)|hostname|^host$|account_?url")
_CREDENTIAL = re.compile(r"(?i)cred(ential)?s?$|^credentials?|tokenprovider|sharedkey(lite)?$")
_OPTIONS = re.compile(r"(?i)options?$|opts$|settings$|policy$|^config(uration)?$|ClientOptions")
_TEXT = re.compile(r"(?i)conn(ection)?_?-?str|connection|conn$|key$|secret$|password|passwd|pwd$|token$|sas")
_STRINGS = frozenset({"string", "String", "str", "string?", "const char*"})


def kind_of(argument: Expr, declared: str = "") -> Kind:
    """What an argument looks like; ``declared`` is its type where the code has one."""
    match argument:
        case Literal(value=str() as text):
            return Kind.ADDRESS if text.startswith(("http://", "https://", "sb://")) else Kind.TEXT
        case Joined(parts=parts):
            return kind_of(parts[0]) if parts and isinstance(parts[0], Literal) else Kind.TEXT
        case Record() | Lambda() | Items() | Literal():
            return Kind.OPTIONS
        case Choice(alternatives=alternatives):
            kinds = [kind_of(one) for one in alternatives if not _is_nothing(one)]
            return next((one for one in kinds if one is not Kind.UNKNOWN), Kind.UNKNOWN)
        case Call():
            return _of_call(argument)
        case _:
            return _of_type(declared) or _of_words(word_of(argument))


def word_of(argument: Expr) -> str:
    """The word that tells most of what an expression is: a name, member, key or function."""
    match argument:
        case Name(id=name) | Member(name=name):
            return name
        case Index(key=key, base=base):
            return text_of(key) or word_of(base)
        case Call(callee=callee, arguments=arguments):
            texts = [text for one in arguments if (text := text_of(one.value)) is not None]
            return texts[0] if texts else word_of(callee)
        case Choice(alternatives=alternatives):
            return next((word for one in alternatives if (word := word_of(one))), "")
        case _:
            return ""


def _of_call(call: Call) -> Kind:
    made = word_of(call.callee)
    if made in {"Uri", "URL", "URI"} or (made == "create" and "URI" in str(call.callee)):
        return Kind.ADDRESS
    if _CREDENTIAL.search(made) or "Credential" in made:
        return Kind.CREDENTIAL
    if call.new and _OPTIONS.search(made):
        return Kind.OPTIONS
    return _of_words(word_of(call))


def _of_type(declared: str) -> Kind | None:
    if not declared or declared in {"var", "any", "object", "dynamic"}:
        return None
    bare = declared.rstrip("?").rpartition(".")[2]
    if declared in _STRINGS:
        return None
    if bare in {"Uri", "URL", "URI"}:
        return Kind.ADDRESS
    if "Credential" in bare:
        return Kind.CREDENTIAL
    return Kind.OPTIONS if _OPTIONS.search(bare) else None


def _of_words(word: str) -> Kind:
    tail = re.split(r"[:./]|__", word)[-1] if word else ""
    for pattern, kind in (
        (_TEXT, Kind.TEXT),
        (_CREDENTIAL, Kind.CREDENTIAL),
        (_ADDRESS, Kind.ADDRESS),
        (_OPTIONS, Kind.OPTIONS),
    ):
        if pattern.search(tail):
            return kind
    return Kind.UNKNOWN


def _is_nothing(expression: Expr) -> bool:
    return isinstance(expression, Literal) and expression.value is None
