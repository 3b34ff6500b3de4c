"""What the reader of Go makes of each construct."""

from __future__ import annotations

import pytest

from code_shown import shown, source_of
from keyless.assess.sources.read import read
from keyless.assess.syntax.source import Lack

EXPRESSIONS = {
    "f(\"a\\n\", `b\\n`, 1, 0x1F, 1.5, 'c', true, nil)": "f('a\\n', 'b\\\\n', 1, 31, 1.5, 'c', True, None)",
    '"a" + b + "c" + "d"': "+('a', b, 'cd')",
    "n * 1": "<binary_expression n 1>",
    'fmt.Sprintf("a%s", b)': "+('a', b)",
    "fmt.Sprintf(f, b)": "fmt.Sprintf(f, b)",
    '&azblob.Options{Retry: policy.Retry{Max: 3}, List: []string{"a", b}}': (
        "azblob.Options{'Retry': policy.Retry{'Max': 3}, 'List': ['a', b]}"
    ),
    'map[string]S{"a": {b, 1}, c: {D: e}}': "{'a': S{0: b, 1: 1}, c: S{'D': e}}",
    "[]*S{{A: b}, &T{c}}": "[S{'A': b}, T{0: c}]",
    "[...]string{1: a}": "[a]",
    "pkg.Box[int]{A: b}": "pkg.Box{'A': b}",
    "a.b[c](d...).E": "a.b[c](*d).E",
    "f[int](a)": "f<int>(a)",
    "f[int, string](a, b)": "f<int, string>(a, b)",
    "[]byte(a)": "a",
    "string(a)": "a",
    "a.(*T)": "a",
    "*a": "a",
    "-a": "<unary_expression a>",
    "a[1:n]": "<slice_expression a 1 n>",
    "new(pkg.T)": "new pkg.T()",
    "make([]string, n)": "make(n)",
    "func(w http.Writer, r *http.Request) error { return f(r) }": (
        "fn (w: http.Writer, r: http.Request): error {return f(r)}"
    ),
    "(a)": "a",
}
STATEMENTS = {
    "cred, err := az.New(nil)": "cred = az.New(None)",
    "_, err = f()": "err = f()",
    "_ = f()": "_ = f()",
    "a, b = b, f()": "a = b; b = f()",
    "a.b += c": "a.b = c",
    "var a *pkg.T": "a: pkg.T",
    "var a, b string = c, d": "a: string = c; b: string = d",
    'const a = "b"': "a = 'b'",
    "return": "return",
    "return a, f(b)": "f(b); return a",
    "return nil, err": "return None",
    "if v, ok := f(); ok { g(v) } else if b := h(); b { i() } else { j() }": (
        "v = f(); if (ok) {g(v)}; b = h(); if (b) {i()}; else {j()}"
    ),
    "for i := 0; i < n; i++ { f(i) }": (
        "i = 0; repeat over <binary_expression i n> {f(i); <inc_statement i>}"
    ),
    "for k, v := range m { f(k) }": "repeat k v over m {f(k)}",
    "for { f() }": "repeat {f()}",
    "for f() { g() }": "repeat over f() {g()}",
    'switch a := f(); a { case "b", c: g(); default: h() }': (
        "a = f(); switch (a) {case (<expression_case 'b' c>) {g()}; default {h()}}"
    ),
    "switch x := v.(type) { case string: f(x) }": "x = v; switch (x) {case {f(x)}}",
    "select { case m := <-ch: f(m); case <-done: g(); case ch <- h(): default: }": (
        "select {case {m = <unary_expression ch>; f(m)}; case {<unary_expression done>; g()}; case {h()}; "
        "default {}}"
    ),
    "go func() { f() }()": "fn () {f()}()",
    "defer a.Close()": "a.Close()",
    "ch <- f()": "f()",
    "label: for { break label }": "repeat {}",
    "a++": "<inc_statement a>",
    "{ f(); g() }": "f(); g()",
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_of_go_is_read(text: str) -> None:
    assert shown("a.go", f"package p\nvar x = {text}\n") == f"x = {EXPRESSIONS[text]}"


@pytest.mark.parametrize("text", STATEMENTS)
def test_a_statement_of_go_is_read(text: str) -> None:
    assert shown("a.go", f"package p\nfunc m() {{\n{text}\n}}\n") == f"def m() {{{STATEMENTS[text]}}}"


def test_a_method_of_go_has_its_receiver_and_the_first_of_its_results() -> None:
    text = "package p\nfunc (s *S) M(ctx context.Context, a, b string, c ...int) (r *T, err error) { return }"
    assert shown("a.go", text) == (
        "def (s: S).M(ctx: context.Context, a: string, b: string, c: int): T {return}"
    )
    assert shown("a.go", "package p\nfunc F[T any](T) (*A, error)") == "def F(: T): A {}"


def test_a_struct_of_go_is_a_class_whose_tags_are_marks() -> None:
    text = 'package p\ntype S struct {\n *Base\n pkg.Other\n A, B string `env:"KEY,x" json:"a"`\n}'
    assert shown("a.go", text) == (
        "class S(Base, pkg.Other) {@env('KEY,x') @json('a') A: string; @env('KEY,x') @json('a') B: string}"
    )


def test_an_interface_of_go_is_a_class_of_methods_without_a_body() -> None:
    text = "package p\ntype (\n I interface { J; M(a string) error }\n F func()\n T = string\n)"
    assert shown("a.go", text) == "class I(J) {def M(a: string): error {}}"


def test_imports_of_go_are_known_by_the_last_part_that_is_no_version() -> None:
    text = 'package p\nimport "fmt"\nimport (\n a "x/b"\n . "c"\n _ "d"\n "e/f/v3"\n "gopkg.in/yaml.v3"\n)'
    (unit,) = source_of("a.go", text).units
    assert unit.package == "p"
    assert [(one.module, one.alias) for one in unit.imports] == [
        ("fmt", "fmt"),
        ("x/b", "a"),
        ("c", ""),
        ("d", "_"),
        ("e/f/v3", "f"),
        ("gopkg.in/yaml.v3", "yaml"),
    ]


def test_a_constant_without_a_value_repeats_none() -> None:
    assert shown("a.go", "package p\nconst (\n A = iota\n B\n)") == "A = <iota>; B"


def test_go_nested_too_deeply_is_said() -> None:
    found = read("a.go", ("package p\nvar x = " + "f(" * 400 + ")" * 400).encode())
    assert found is not None
    assert [one.lack for one in found.problems] == [Lack.TOO_DEEP]
