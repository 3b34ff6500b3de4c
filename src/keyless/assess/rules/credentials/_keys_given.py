"""Texts that are given to what signs or encrypts with them: they are keys, whatever they are called.

Rules:
- what is called says which argument is the key; the text may stand there, in another form (bytes), or under a
  name that the same file gives to it alone, once;
- a key of a code of authentication may be a word that a protocol prescribes: a plain word is none there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from keyless.assess.rules.credentials._wrapped import last_name, unwrapped
from keyless.assess.syntax.code import Unit
from keyless.assess.syntax.everything import expressions_of
from keyless.assess.syntax.expressions import (
    Assign,
    Block,
    Call,
    Class,
    Define,
    Expr,
    Function,
    Lambda,
    Literal,
    Member,
    Name,
    Repeat,
    Statement,
)


class _Taker(NamedTuple):
    at: int
    of: frozenset[str] = frozenset()
    """Names that the method must be one of; none for any."""
    takes_words: bool = True
    named: frozenset[str] = frozenset({"key", "secret"})


_JWT = frozenset({"jwt", "jsonwebtoken", "JWT", "JsonWebToken"})
_AUTHENTICATES = _Taker(0, takes_words=False)
_TAKERS: dict[str, tuple[_Taker, ...]] = {
    "SecretKeySpec": (_Taker(0),),
    "DESKeySpec": (_Taker(0),),
    "PBEKeySpec": (_Taker(0),),
    "hmacShaKeyFor": (_Taker(0),),
    "setSigningKey": (_Taker(0),),
    "signWith": (_Taker(1),),
    "HMAC256": (_Taker(0),),
    "HMAC384": (_Taker(0),),
    "HMAC512": (_Taker(0),),
    "SymmetricSecurityKey": (_Taker(0),),
    "HMACSHA1": (_AUTHENTICATES,),
    "HMACSHA256": (_AUTHENTICATES,),
    "HMACSHA384": (_AUTHENTICATES,),
    "HMACSHA512": (_AUTHENTICATES,),
    "Fernet": (_Taker(0),),
    "AES": (_Taker(0, frozenset({"algorithms"})),),
    "new": (
        _Taker(0, frozenset({"AES", "DES", "DES3", "ARC4", "Blowfish"})),
        _Taker(0, frozenset({"hmac"}), takes_words=False),
    ),
    "New": (_Taker(1, frozenset({"hmac"}), takes_words=False),),
    "NewCipher": (_Taker(0, frozenset({"aes", "des"})),),
    "SignedString": (_Taker(0),),
    "encode": (_Taker(1, _JWT),),
    "decode": (_Taker(1, _JWT),),
    "sign": (_Taker(1, _JWT),),
    "verify": (_Taker(1, _JWT),),
    "encrypt": (_Taker(1, frozenset({"AES", "DES", "TripleDES"})),),
    "decrypt": (_Taker(1, frozenset({"AES", "DES", "TripleDES"})),),
    "createCipheriv": (_Taker(1),),
    "createDecipheriv": (_Taker(1),),
    "createHmac": (_Taker(1, takes_words=False),),
}


class GivenKey(NamedTuple):
    """A text that is a key, and whether a plain word may be one there."""

    text: Literal
    takes_words: bool


def given_keys(unit: Unit) -> Iterator[GivenKey]:
    """The texts of a file that something signs or encrypts with."""
    named: list[tuple[str, bool]] = []
    for one in expressions_of(unit):
        if not isinstance(one, Call) or (taker := _taker(one)) is None:
            continue
        key = unwrapped(_key(one, taker))
        if isinstance(key, Literal):
            yield GivenKey(key, taker.takes_words)
        elif isinstance(key, Name | Member):
            named.append((last_name(key), taker.takes_words))
    if named:
        constants = _constants(unit)
        for name, takes_words in named:
            if name in constants:
                yield GivenKey(constants[name], takes_words)


def _taker(call: Call) -> _Taker | None:
    found = _TAKERS.get(last_name(call.callee))
    if found is None:
        return None
    base = last_name(call.callee.base) if isinstance(call.callee, Member) else ""
    return next((one for one in found if not one.of or base in one.of), None)


def _key(call: Call, taker: _Taker) -> Expr:
    named = next((one.value for one in call.arguments if one.name in taker.named), None)
    if named is not None:
        return named
    if len(call.arguments) <= taker.at or call.arguments[taker.at].name:
        return call
    return call.arguments[taker.at].value


def _constants(unit: Unit) -> dict[str, Literal]:
    """What a file gives to a name that it gives nothing else to, and that no parameter has.

    A name that is given another such name is one of them, once.
    """
    given = Counter[str]()
    found: dict[str, Literal] = {}
    others: dict[str, str] = {}
    for one in _statements(unit):
        if isinstance(one, Function):
            given.update(parameter.name for parameter in one.parameters)
        elif isinstance(one, Assign) and one.value is not None and (name := last_name(one.target)):
            given[name] += 1
            value = unwrapped(one.value)
            if isinstance(value, Literal):
                found[name] = value
            elif isinstance(value, Name | Member):
                others[name] = last_name(value)
    alone = {name: value for name, value in found.items() if given[name] == 1}
    second = {name: alone[one] for name, one in others.items() if given[name] == 1 and one in alone}
    return alone | second


def _statements(unit: Unit) -> Iterator[Statement | Function]:
    """Every statement, and the functions among them and among the expressions."""
    waiting: list[Statement] = list(unit.body)
    for one in expressions_of(unit):
        if isinstance(one, Lambda):
            yield one.function
            waiting.extend(one.function.body)
    while waiting:
        statement = waiting.pop()
        yield statement
        if isinstance(statement, Define):
            yield statement.function
            waiting.extend(statement.function.body)
        elif isinstance(statement, Block | Class | Repeat):
            waiting.extend(statement.body)
