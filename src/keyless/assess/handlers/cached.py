"""Whether what code does is done once and kept, although it stands where it would be done each time.

Rules:
- a function that is memoised by a decorator or annotation runs once for each of its arguments;
- a function that is given to something lazy (`Lazy<T>`, `sync.Once.Do`, `GetOrCreate`, `computeIfAbsent`)
  runs once;
- what stands under a condition that asks whether something is missing (`if x is None`, `if (!cached)`), or
  after one that gives back what is there, fills a cache;
- what is done on failure (`except`, `catch`) is done then only.
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.assess.handlers.around import last_name
from keyless.assess.syntax.expressions import (
    Assign,
    Block,
    Call,
    Choice,
    Expr,
    Function,
    Literal,
    Member,
    Name,
    Other,
    Repeat,
    Return,
    Statement,
    within,
)
from keyless.assess.syntax.span import Span
from keyless.assess.syntax.walk import Within

_MEMOISED = frozenset({
    "lru_cache", "cache", "cached", "alru_cache", "ttl_cache", "memoize", "memoized", "cached_property",
    "cachedmethod", "async_cache", "cache_resource", "cache_data", "singleton", "Cacheable", "PostConstruct",
    "Bean", "once", "on_event", "before_first_request", "fixture",
})  # fmt: skip
_ONCE = frozenset({
    "Lazy", "AsyncLazy", "GetOrCreate", "GetOrCreateAsync", "GetOrAdd", "GetOrAddAsync", "GetOrSet",
    "GetOrSetAsync", "get_or_set", "getOrSet", "computeIfAbsent", "Do", "OnceFunc", "OnceValue", "OnceValues",
    "memoize", "once", "lazy", "wrap", "remember", "unstable_cache", "cache", "suppliers", "LazyInitializer",
    "EnsureInitialized", "AddSingleton", "pRetry", "useMemo",
})  # fmt: skip
_ON_FAILURE = frozenset({"except", "catch"})
_ASKS = frozenset({
    "TryGetValue", "ContainsKey", "containsKey", "has", "isEmpty", "IsNullOrEmpty", "IsNullOrWhiteSpace",
    "isPresent", "isBlank", "expired", "is_expired", "isExpired", "IsZero", "hasOwnProperty", "Load",
})  # fmt: skip
_DENIALS = frozenset({"not_operator", "!", "not", "unary_expression", "prefix_unary_expression"})
_KEPT = ("cache", "cached", "memo", "stored", "existing")


def is_memoised(function: Function) -> bool:
    """Whether a function's result is kept by what decorates it."""
    return any(last_name(mark) in _MEMOISED for mark in function.marks)


def is_kept(call: Expr, around: Within) -> bool:
    """Whether what a call gives is kept, so that it is not made each time that its function runs."""
    if any(is_memoised(function) for function in around.functions):
        return True
    if any(given is not None and last_name(given) in _ONCE for given in around.given_to):
        return True
    bodies = [function.body for function in around.functions] or [around.unit.body]
    return any(_is_guarded(body, call.span) for body in bodies)


def _is_guarded(body: tuple[Statement, ...], span: Span) -> bool:
    """Whether a piece of a body fills a cache, or repairs a failure."""
    for statement in body:
        if statement.span.start > span.start:
            return False
        inside = span.start < statement.span.end
        match statement:
            case Block(kind=kind, condition=condition, body=inner):
                if inside and _holds(inner, span):
                    return kind in _ON_FAILURE or _asks(condition) or _is_guarded(inner, span)
                if not inside and condition is not None and _gives_back(inner, condition):
                    return True
            case Repeat(body=inner) if inside and _is_guarded(inner, span):
                return True
            case Assign(target=target, value=Choice(alternatives=first_and_more)) if inside:
                return any(_same(target, one) for one in first_and_more)
            case _:
                pass
    return False


def _holds(body: tuple[Statement, ...], span: Span) -> bool:
    return any(one.span.start <= span.start and span.end <= one.span.end for one in body)


def _asks(condition: Expr | None) -> bool:
    """Whether a condition holds where something is missing."""
    if condition is None:
        return False
    for one in within(condition):
        if isinstance(one, Literal) and one.value is None:
            return True
        if isinstance(one, Other) and (one.kind in _DENIALS or "not in" in one.kind):
            return True
        if isinstance(one, Call) and last_name(one) in _ASKS:
            return True
    return _names_a_cache(condition)


def _names_a_cache(condition: Expr) -> bool:
    names = (_name(one).casefold() for one in within(condition))
    return any(word in name for name in names for word in _KEPT)


def _gives_back(body: tuple[Statement, ...], condition: Expr) -> bool:
    """`if x: return x`: what is asked for is given back where it is there."""
    asked = {_name(one) for one in within(condition)} - {""}
    returned = (one.value for one in _all(body) if isinstance(one, Return) and one.value is not None)
    return any(_name(part) in asked for value in returned for part in within(value))


def _all(body: tuple[Statement, ...]) -> Iterator[Statement]:
    for one in body:
        yield one
        if isinstance(one, Block):
            yield from one.body


def _name(expression: Expr) -> str:
    match expression:
        case Name(id=name) | Member(name=name):
            return name
        case _:
            return ""


def _same(one: Expr, other: Expr) -> bool:
    return _name(one) != "" and _name(one) == _name(other)
