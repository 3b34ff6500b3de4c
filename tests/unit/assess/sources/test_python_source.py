"""What is read of Python, construct by construct."""

from __future__ import annotations

import pytest
from tests.forms_shown import imports_shown, shown, source_of

from keyless.assess.syntax.expressions import Assign, Call, Joined
from keyless.assess.syntax.source import Lack


def test_each_form_of_import_is_known_by_its_name_in_the_file() -> None:
    text = (
        "import a.b as c, d.e\nfrom .x import (y as z, w)\nfrom m import *\n"
        "from __future__ import annotations\n"
    )
    assert imports_shown("a.py", text) == [
        ("a.b", None, "c"), ("d.e", None, "d.e"), (".x", "y", "z"), (".x", "w", "w"), ("m", None, ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('x = f"a{b!r:>{w}}c\\n" "d{e}"', "x = 'a' ~ b ~ w ~ 'c\\nd{e}'"),
        ('x = "a" + b + "c" + "d"', "x = 'a' ~ b ~ 'cd'"),
        ("x = 1 + 2", "x = <+ 1, 2>"),
        ('x = "a=%s;b=%d%%" % (c, d)', "x = 'a=' ~ c ~ ';b=' ~ d ~ '%'"),
        ('x = "%(a)s" % c', "x = <% '%(a)s', c>"),
        ('x = "a=%s" % c', "x = 'a=' ~ c"),
        ("x = a % b", "x = <% a, b>"),
        ('x = "{}-{k}-{{}}".format(a, k=b())', "x = a ~ '-' ~ b() ~ '-{}'"),
        ('x = "{0.a}".format(b)', "x = '{0.a}'.format(b)"),
        ('x = "{}".format(*b)', "x = '{}'.format(*b)"),
        ('x = "{}".format(a, b())', "x = '{}'.format(a, b())"),
        ('x = t.format("a")', "x = t.format('a')"),
        (r'x = r"\n" b"\x41"', "x = '\\\\nA'"),
        ('x = f"{{a}}"', "x = '{a}'"),
        ('x = ""', "x = ''"),
        ("x = a or b or c", "x = (a | b | c)"),
        ("x = a and b and c", "x = (c ? <and a, b>)"),
        ("x = a and b", "x = (b ? a)"),
        ("x = a if b else c", "x = (a | c ? b)"),
        ("x = (await (a))", "x = a"),
        ("x = a[1], a[1:2], a[1, 2]", "x = [a[1], a[<slice 1, 2>], a[[1, 2]]]"),
        ("x = f(*a, k=1, **c)", "x = f(*a, k=1, *c)"),
        ("x = f(y for y in z)", "x = f((y for y in z))"),
        ('x = {**a, "b": 1, c: d}', "x = {<spread>: a, 'b': 1, c: d}"),
        ("x = [y for y in z if w for v in y]", "x = (((y for v in y) ? w) for y in z)"),
        ("x = {k: v for k, v in z}", "x = ({k: v} for k, v in z)"),
        ("x = lambda a, b=1: f(a)", "x = (a, b = 1) => {return f(a)}"),
        ("x: T = f()", "x: T = f()"),
        ("x: T", "x: T = -"),
        ("x += y", "x = x ~ y"),
        ("x[f()] += y", "x[f()] = y"),
        ("x = [1.5, 0x10, None, True, False, ..., 1_000, 2j]",
         "x = [1.5, 16, None, True, False, <ellipsis>, 1000, <integer>]"),
        ("x = not y", "x = <not_operator y>"),
                    ],
)  # fmt: skip
def test_an_expression_has_its_form(text: str, form: str) -> None:
    assert shown("a.py", text) == [form]


def test_what_the_grammar_takes_for_a_type_keeps_its_calls() -> None:
    assert "f()" in "".join(shown("a.py", "type(a).b = f()"))


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("a = b = f()", ["b = f()", "a = b"]),
        ("a, b = c", ["a = c[0]", "b = c[1]"]),
        ("a, b = b, a", ["a = b", "b = a"]),
        ("a, (b, *c) = f()", ["<0> = f()", "a = <0>[0]", "b = <0>[1][0]", "c = <0>[1][1]"]),
        ("if (n := f()) > 1: g()\nelif u: h()\nelse: i()",
         ["n = f()", "if <> n, 1> {g()}", "if u {h()}", "else {i()}"]),
        ("with open(p) as f, q(): g()", ["f = open(p)", "q()", "with {g()}"]),
        ("with a as (b, c): pass", ["b = a[0]", "c = a[1]", "with {}"]),
        ("try: a()\nexcept (A, B) as e: b()\nelse: c()\nfinally: d()",
         ["try {a()}", "e = [A, B]", "except [A, B] {b()}", "else {c()}", "finally {d()}"]),
        ("for i, (j, *k) in x: f(i)\nelse: g()", ["for i, j, k in x {f(i)}", "else {g()}"]),
        ("while f(): g()", ["for  in - {f(); g()}"]),
        ("match s:\n  case A(b) if c(): d()", ["match s {c(); d()}"]),
        ("def f():\n  yield a\n  x = yield b", ["def f() => {return a; return b; x = <yield>}"]),
        ("del x\nglobal y\npass", ["x"]),
        ("raise E(x) from y", ["E(x)", "y"]),
        ("assert f(x)", ["f(x)"]),
    ],
)  # fmt: skip
def test_a_statement_has_its_form(text: str, forms: list[str]) -> None:
    assert shown("a.py", text) == forms


def test_a_function_has_its_decorators_parameters_and_words() -> None:
    text = '@app.get("/x")\nasync def f(a, b: int = 3, *args, c=1, **kw) -> str:\n    return g(a)\n'
    assert shown("a.py", text) == [
        "def @app.get('/x') async f(a, b: int = 3, args, c = 1, kw) -> str => {return g(a)}"
    ]


def test_calls_in_the_type_of_a_parameter_are_its_marks() -> None:
    (form,) = shown("a.py", "def f(a: Annotated[C, Depends(make)], /, b, *, c): pass")
    assert "Depends(make)" in form.partition("a: ")[0]
    assert ", b, c)" in form


def test_a_class_has_its_bases_fields_and_constructor() -> None:
    text = (
        "@dataclass(frozen=True)\nclass A(B, metaclass=M):\n"
        "    key: str = Field(alias='K')\n    def __init__(self): self.a = f()\n"
    )
    assert shown("a.py", text) == [
        "@dataclass(frozen=True) class A(B) {key: str = Field(alias='K'); def <init>(self) => {self.a = f()}}"
    ]


def test_spans_are_those_of_the_file_in_characters_and_bytes() -> None:
    text = 'é = "ü"\nx = f("ä", b)\n'
    unit = source_of("a.py", text).units[0]
    assign = unit.body[1]
    assert isinstance(assign, Assign)
    assert isinstance(assign.value, Call)
    second = assign.value.arguments[1].value.span
    assert (second.line, second.column, second.end_column) == (2, 12, 13)
    assert text.encode()[second.start : second.end] == b"b"


def test_pieces_of_a_joined_text_have_spans_of_their_own() -> None:
    text = 'x = f"ab{c}de"'
    assign = source_of("a.py", text).units[0].body[0]
    assert isinstance(assign, Assign)
    assert isinstance(assign.value, Joined)
    assert [text[part.span.start : part.span.end] for part in assign.value.parts] == ["ab", "c", "de"]


def test_what_is_not_understood_is_said_and_the_rest_is_read() -> None:
    source = source_of("a.py", "x = f(1)\ny = = g(2)\nz = h(3)\n")
    assert [(one.lack, one.span.line) for one in source.problems] == [(Lack.NOT_PARSED, 2)]
    assert len(source.units[0].body) >= 2


@pytest.mark.parametrize(
    "text",
    ["x = " + "[" * 10_000 + "]" * 10_000, "a" + ".b()" * 10_000, "x = " + "lambda: " * 5_000 + "b"],
)
def test_what_is_nested_too_deeply_is_left_out_and_said(text: str) -> None:
    assert [one.lack for one in source_of("a.py", text).problems] == [Lack.TOO_DEEP]


@pytest.mark.parametrize(
    "text",
    ["x = " + "(" * 10_000 + "1" + ")" * 10_000, "x = " + "a + " * 10_000 + "b", "x = " + '"a" ' * 10_000],
)
def test_what_is_only_long_is_read_whole(text: str) -> None:
    assert source_of("a.py", text).problems == ()
