"""Texts that a call formats are read as texts with parts."""

import pytest

from keyless.assess.sources.read import read
from keyless.assess.syntax.expressions import Call, Expr, Joined, Literal, Name, within


def pieces(path: str, text: str) -> list[str | None]:
    """The parts of the only text that is put together there: names, and literals as they are."""
    source = read(path, text.encode())
    assert source is not None
    (found,) = [one for one in _all(source.units[0].body) if isinstance(one, Joined)]
    return [one.id if isinstance(one, Name) else getattr(one, "value", None) for one in found.parts]


def _all(body: object) -> list[Expr]:
    found: list[Expr] = []
    waiting = [body]
    while waiting:
        one = waiting.pop()
        if isinstance(one, tuple):
            waiting.extend(one)
        elif hasattr(one, "value") and not isinstance(one, Literal):
            found.extend(within(one.value) if one.value is not None else ())
        elif hasattr(one, "function"):
            waiting.append(one.function.body)
        elif hasattr(one, "body"):
            waiting.append(one.body)
    return found


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.go", 'package p\nvar x = fmt.Sprintf("a=%s;b=%[2]v", k, v)\n'.replace("%[2]v", "%v")),
        ("a.java", 'class A { void f() { x = String.format("a=%s;b=%2$s", k, v); } }'),
        ("a.java", 'class A { void f() { x = "a=%s;b=%s".formatted(k, v); } }'),
        ("a.cs", 'class A { void F() { x = string.Format("a={0};b={1:N}", k, v); } }'),
    ],
)
def test_a_format_with_its_arguments_is_a_text_with_parts(path: str, text: str) -> None:
    assert pieces(path, text) == ["a=", "k", ";b=", "v"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.go", "package p\nvar x = fmt.Sprintf(f, k)\n"),
        ("a.go", 'package p\nvar x = fmt.Sprintf("%s%s", k)\n'),
        ("a.java", 'class A { void f() { x = String.format(Locale.ROOT, "%s", k); } }'),
    ],
)
def test_a_format_that_is_not_plain_stays_a_call(path: str, text: str) -> None:
    source = read(path, text.encode())
    assert source is not None
    assert any(isinstance(one, Call) for one in _all(source.units[0].body))
