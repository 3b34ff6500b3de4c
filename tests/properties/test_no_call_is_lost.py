"""Whatever code is put together from, each call in it is there once in the one form, at its own place."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyless.assess.sources.read import read
from keyless.assess.syntax.expressions import Call, Name
from keyless.assess.syntax.walk import sites

CSHARP = (
    "f.cs",
    "class C {{ async void M() {{ {} }} }}",
    (
        *("({0})", "await {0}", "(T){0}", "{0} as T", "{0}!", "{0}?.A", "{0}.A({1})", "{0}[{1}]", "-{0}"),
        *("{0} + {1}", "{0} ?? {1}", "{0} ? {1} : {2}", "{0} && {1}", "{0} switch {{ 1 => {1}, _ => {2} }}"),
        *("new T({0}) {{ A = {1}, [{2}] = 1 }}", "new T {{ {0}, {{ 1, {1} }} }}", "new {{ A = {0} }}"),
        *("new[] {{ {0}, {1} }}", "({0}, {1})", "x with {{ A = {0} }}", '$"a{{{0}}}b{{{1}}}"', "() => {0}"),
        *(
            "async a => {{ return {0}; }}",
            "g(b: {0}, out var v)",
            "{0} is string s",
            "throw {0}",
            "nameof(X)",
        ),
    ),
    (
        *(
            "_ = {e};",
            "var a = {e};",
            "a.B = {e};",
            "return {e};",
            "if ({e}) {{ {s} }} else if ({e}) {{ {s} }}",
        ),
        *("foreach (var a in {e}) {{ {s} }}", "while ({e}) {{ {s} }}", "do {{ {s} }} while ({e});"),
        *("for (var i = {e}; {e}; g({e})) {{ {s} }}", "using (var a = {e}) {{ {s} }}", "using var a = {e};"),
        *("try {{ {s} }} catch (E e) when ({e}) {{ {s} }} finally {{ {s} }}", "lock ({e}) {{ {s} }}"),
        *(
            "switch ({e}) {{ case 1: {s} break; default: {s} break; }}",
            "T L(int a) {{ {s} }}",
            "T L() => {e};",
        ),
    ),
)
JAVA = (
    "F.java",
    "class C {{ void m() {{ {} }} }}",
    (
        *("({0})", "(T) {0}", "{0}.a({1})", "{0}.a", "a[{0}]", "-{0}", "{0} + {1}", "{0} && {1}"),
        *("({0} ? {1} : {2})", "new T({0})", "new T({0}) {{ int a = {1}; void n() {{ g({2}); }} }}"),
        *(
            "new T[] {{{0}, {1}}}",
            "new T[{0}]",
            "(() -> {0})",
            "(a -> {{ return {0}; }})",
            "({0} instanceof T t)",
        ),
        *("(switch ({0}) {{ case 1 -> {1}; default -> {{ yield {2}; }} }})", "(g({0})::a)", "(x = {0})"),
    ),
    (
        *("g({e});", "T a = {e};", "a.b = {e};", "if ({e}) {{ {s} }} else if ({e}) {{ {s} }} else {{ {s} }}"),
        *("for (T a : {e}) {{ {s} }}", "while ({e}) {{ {s} }}", "do {{ {s} }} while ({e});", "throw {e};"),
        *("for (int i = {e}; {e}; g({e})) {{ {s} }}", "try (T a = {e}) {{ {s} }} catch (E e) {{ {s} }}"),
        *("try {{ {s} }} finally {{ {s} }}", "switch ({e}) {{ case 1: {s} break; default: {s} }}"),
        *("synchronized ({e}) {{ {s} }}", "assert {e} : {e};", "class L {{ T a = {e}; {{ {s} }} }}"),
    ),
)
GO = (
    "f.go",
    "package p\nfunc m() {{\n{}\n}}\n",
    (
        *("({0})", "{0}.(T)", "{0}.a({1})", "{0}[{1}]", "-{0}", "*{0}", "<-{0}", "{0} + {1}", "{0} && {1}"),
        *("[]byte({0})", "g({0}, {1}...)", "T{{A: {0}, B: {1}}}", "&T{{{0}, {1}}}", "[]T{{{0}, {{A: {1}}}}}"),
        *('map[string]T{{"a": {0}, "b": {{{1}}}}}', "func() {{ g({0}) }}", "{0}[{1}:{2}]", "g[int]({0})"),
    ),
    (
        *(
            "g({e})",
            "a := {e}",
            "a, b := {e}, {e}",
            "a, b := {e}",
            "var a = {e}",
            "return {e}, g({e})",
            "go g({e})",
        ),
        *("defer g({e})", "ch <- {e}", "for _, a := range ({e}) {{\n{s}\n}}", "for {{\n{s}\n}}", "x.y = {e}"),
        *("if a := ({e}); a {{\n{s}\n}} else if (b) {{\n{s}\n}} else {{\n{s}\n}}", "for ({e}) {{\n{s}\n}}"),
        *(
            "switch a := ({e}); a {{\ncase {e}:\n{s}\ndefault:\n{s}\n}}",
            "select {{\ncase a := <-{e}:\n{s}\n}}",
        ),
    ),
)


class _Made:
    """A text put together by what is drawn, and the calls that are in it."""

    def __init__(
        self, data: st.DataObject, expressions: tuple[str, ...], statements: tuple[str, ...]
    ) -> None:
        self._data = data
        self._expressions = expressions
        self._statements = statements
        self.calls = 0

    def statement(self, depth: int) -> str:
        plain = [one for one in self._statements if "{s}" not in one]
        form = self._data.draw(st.sampled_from(self._statements if depth > 0 else plain))
        filled = form
        while "{e}" in filled:
            filled = filled.replace("{e}", _kept(self.expression(depth)), 1)
        while "{s}" in filled:
            filled = filled.replace("{s}", _kept(self.statement(depth - 1)), 1)
        return filled.replace("{{", "{").replace("}}", "}").replace("\0", "{").replace("\1", "}")

    def expression(self, depth: int) -> str:
        if depth <= 0 or self._data.draw(st.booleans()):
            self.calls += 1
            return f"c{self.calls}()"
        form = self._data.draw(st.sampled_from(self._expressions))
        return form.format(*(self.expression(depth - 1) for at in range(3) if f"{{{at}}}" in form))


def _kept(text: str) -> str:
    return text.replace("{", "\0").replace("}", "\1")


@pytest.mark.parametrize("language", [CSHARP, JAVA, GO], ids=["csharp", "java", "go"])
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_each_call_is_there_once(
    language: tuple[str, str, tuple[str, ...], tuple[str, ...]], data: st.DataObject
) -> None:
    path, around, expressions, statements = language
    made = _Made(data, expressions, statements)
    inner = "\n".join(made.statement(2) for _ in range(2))
    text = around.replace("{}", _kept(inner)).format().replace("\0", "{").replace("\1", "}")
    source = read(path, text.encode())
    assert source is not None
    found = Counter(
        one.expression.callee.id
        for one in sites(source.units[0])
        if isinstance(one.expression, Call) and isinstance(one.expression.callee, Name)
    )
    wanted = {f"c{at + 1}": 1 for at in range(made.calls)}
    assert {name: count for name, count in found.items() if name in wanted} == wanted, text
