"""What is read of JavaScript and TypeScript, construct by construct."""

from __future__ import annotations

import pytest
from tests.forms_shown import imports_shown, shown, source_of

from keyless.assess.syntax.expressions import Assign, Joined
from keyless.assess.syntax.source import Lack


@pytest.mark.parametrize(
    ("text", "imports"),
    [
        ('import D, { a as b, type c } from "m"', [("m", "default", "D"), ("m", "a", "b"), ("m", "c", "c")]),
        ("import * as n from 'm'", [("m", None, "n")]),
        ("import 'm'", [("m", None, "")]),
        ('import fs = require("m")', [("m", None, "fs")]),
        ('import { "a-b" as c } from "m"', [("m", "a-b", "c")]),
        ("export { x as y, z } from './q'", [("./q", "x", "y"), ("./q", "z", "z")]),
        ("export * from './r'", [("./r", None, "")]),
        ("export * as s from './t'", [("./t", None, "s")]),
        ('const a = require("m")', [("m", None, "a")]),
        ('const a = await import("m")', [("m", None, "a")]),
        ('const a = require("m").b', [("m", "b", "a")]),
        ('const { a, b: c, d = 1 } = require("m")', [("m", "a", "a"), ("m", "b", "c")]),
        ("const a = require(b)", []),
        ('const a = other("m")', []),
    ],
)
def test_each_form_of_import_is_known_by_its_name_in_the_file(
    text: str, imports: list[tuple[str, str | None, str]]
) -> None:
    assert imports_shown("a.ts", text) == imports


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("x = `a${b}c\\``", "x = 'a' ~ b ~ 'c`'"),
        ('x = "a" + b + \'c\\n\' + "\\u{41}\\x42\\u0043"', "x = 'a' ~ b ~ 'c\\nABC'"),
        ("x = 1 + 2", "x = <+ 1, 2>"),
        ("x = a ?? b ?? c", "x = (a | b | c)"),
        ("x = a || b", "x = (a | b)"),
        ("x = a && b", "x = (b ? a)"),
        ("x = a ? b : c", "x = (b | c ? a)"),
        ("x = await (a as T)!", "x = a"),
        ("x = (<any>a) satisfies T", "x = a"),
        ('x = a?.b?.["c"]?.(d)!.e', "x = a.b['c'](d).e"),
        ("x = new A.B(c, ...d)", "x = new A.B(c, *d)"),
        ("x = new A", "x = new A()"),
        ("x = f<T>(a)", "x = f<T>(a)"),
        ("x = new Map<string, A>()", "x = new Map<string, A>()"),
        ("x = gql`a ${b}`", "x = gql('a ' ~ b)"),
        ('x = { a, b: 1, [c]: 2, ...d, "e-f": 3, 4: 5 }',
         "x = {'a': a, 'b': 1, c: 2, <spread>: d, 'e-f': 3, 4: 5}"),
        ("x = { m(y) { return 1 }, get g() { return 2 }, async *h() {} }",
         "x = {'m': m(y) => {return 1}, 'g': get g() => {return 2}, 'h': async * h() => {}}"),
        ("x = [a, ...b]", "x = [a, b]"),
        ("x = async (a, b = 1) => f(a)", "x = async (a, b = 1) => {return f(a)}"),
        ("x = a => { g() }", "x = (a) => {g()}"),
        ("x = function f() { }", "x = f() => {}"),
        ("x = ({ a, b: { c } = {} }) => a",
         "x = (<5>) => {a = <5>.a; <13> = (<5>.b | {}); c = <13>.c; return a}"),
        ("x += y", "x = x ~ y"),
        ("x ??= y", "x = (x | y)"),
        ("x -= y", "x = y"),
        ("x[f()] += y", "x[f()] = y"),
        ("x = [1.5, 0x10, null, true, false, undefined, 1_000, 10n, /a/g]",
         "x = [1.5, 16, None, True, False, None, 1000, 10, <regex>]"),
        ("x = typeof y", "x = <typeof y>"),
        ("x = import.meta", "x = <meta_property>"),
        ("throw new E(x)", "new E(x)"),
    ],
)  # fmt: skip
def test_an_expression_has_its_form(text: str, form: str) -> None:
    assert shown("a.ts", text) == [form]


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("const a = b, c: T = d", ["const a = b", "const c: T = d"]),
        ("let a", ["let a = -"]),
        ("const { a, b: c, d = 1, [e]: f, ...g } = h.i",
         ["const a = h.i.a", "const c = h.i.b", "const d = (h.i.d | 1)", "const f = h.i[e]",
          "const g = h.i"]),
        ("const [a, , b] = f()", ["<6> = f()", "const a = <6>[0]", "const b = <6>[2]"]),
        ("({ a, b: c.d } = e)", ["a = e.a", "c.d = e.b"]),
        ("a = b = f()", ["b = f()", "a = b"]),
        ("if (a = f()) b(); else if (c) d(); else { e() }",
         ["a = f()", "if a {b()}", "if c {d()}", "else {e()}"]),
        ("for (const [k, { v, w: u = 1 }] of f(x)) { g(k) }", ["for k, v, u in f(x) {g(k)}"]),
        ("for (let i = 0; i < n; i++) f(i)",
         ["let i = 0", "for  in - {<< i, n>; f(i); i}"]),
        ("while (f()) g()", ["for  in - {f(); g()}"]),
        ("switch (x) { case 1: f(); break; default: g() }", ["switch x {1; f()}", "switch x {g()}"]),
        ("try { a() } catch (e) { b() } finally { c() }", ["try {a()}", "catch {b()}", "finally {c()}"]),
        ("f(), a = g()", ["f()", "a = g()"]),
        ("enum E { A = 1, B }", ["E = {'A': 1, 'B': 'B'}"]),
        ("namespace N { f() }", ["N", "f()"]),
        ("function* g() { yield f() }", ["def * g() => {return f()}"]),
        ("type T = string; declare const x: T; ;", []),
    ],
)  # fmt: skip
def test_a_statement_has_its_form(text: str, forms: list[str]) -> None:
    assert shown("a.ts", text) == forms


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("export default async function h(a: T) { f() }", ["def export default async h(a: T) => {f()}"]),
        ("export const a = () => 1", ["export const a = () => {return 1}"]),
        ("export default f(x)", ["export default default = f(x)"]),
        ("export { a as b, c as default }", ["export b = a", "export default default = c"]),
        ("export = a", ["export module.exports = a"]),
        ("export enum E { A }", ["export E = {'A': 'A'}"]),
        ("module.exports = { a }", ["module.exports = {'a': a}"]),
        ("exports.a = b", ["exports.a = b"]),
        ("export default class A { }", ["class A() {}", "export default default = A"]),
        ("export type T = string", []),
    ],
)
def test_what_is_exported_says_so(text: str, forms: list[str]) -> None:
    assert shown("a.ts", text) == forms


def test_a_class_has_its_bases_fields_methods_and_decorators() -> None:
    text = """
@Injectable({a: 1})
export class A<T> extends B.C<T> implements I {
  private static readonly x: string = "a";
  #p = f();
  @Get("/:id") async get(@Param("id") id: string): Promise<void> { await this.c.run(id) }
  static { init() }
}
"""
    (form,) = shown("a.ts", text)
    assert form == (
        "@Injectable({'a': 1}) class A(B.C, I) {private static readonly x: string = 'a'; #p = f(); "
        "def @Get('/:id') async get(@Param('id') id: string) -> Promise<void> => {this.c.run(id)}; init()}"
    )


def test_a_property_among_the_parameters_of_a_constructor_is_a_field_that_is_assigned() -> None:
    text = "class A { constructor(private readonly c: C, n: number) { f() } }"
    assert shown("a.ts", text) == [
        "class A() {private readonly c: C = -; def <init>(c: C, n: number) => {this.c = c; f()}}"
    ]


def test_a_class_in_an_expression_is_put_before_it() -> None:
    assert shown("a.js", "const A = class B extends mix(C) { }") == [
        "@mix(C) class B(mix(C)) {}",
        "const A = B",
    ]


def test_an_interface_is_a_class_with_fields() -> None:
    assert shown("a.ts", "interface I extends J { x: string; m(): void }") == [
        "class I(J) {x: string = -; def m() -> void => {}}"
    ]


def test_calls_in_jsx_are_kept() -> None:
    (form,) = shown("a.jsx", "x = <A b={f(1)} in={y && z}>Me & you {g(2)}</A>")
    assert "f(1)" in form
    assert "g(2)" in form


@pytest.mark.parametrize("path", ["a.ts", "a.mts", "a.cts"])
def test_typescript_reads_assertions_that_tsx_cannot(path: str) -> None:
    assert shown(path, "x = <T>y") == ["x = y"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.ts", "export type * from './a'"),
        ("a.ts", "class A<in out T> { }"),
        ("a.js", "import defer * as x from 'y'"),
        ("a.jsx", "x = <A>&</A>"),
        ("a.tsx", "x = <Fade in={y}>Terms & conditions</Fade>"),
    ],
)
def test_what_the_grammars_stumble_over_is_no_problem(path: str, text: str) -> None:
    assert source_of(path, text).problems == ()


def test_pieces_of_a_template_have_spans_of_their_own() -> None:
    text = "x = `ab${c}de`"
    assign = source_of("a.js", text).units[0].body[0]
    assert isinstance(assign, Assign)
    assert isinstance(assign.value, Joined)
    assert [text[part.span.start : part.span.end] for part in assign.value.parts] == ["ab", "c", "de"]


def test_what_is_not_understood_is_said_and_the_rest_is_read() -> None:
    source = source_of("a.js", "x = f(1);\ny = = g(2);\nz = h(3);\n")
    assert {one.lack for one in source.problems} == {Lack.NOT_PARSED}
    assert len(source.units[0].body) >= 2


@pytest.mark.parametrize(
    "text",
    ["x = " + "[" * 10_000 + "]" * 10_000, "a" + ".b()" * 10_000, "function f() {" * 5_000 + "}" * 5_000],
)
def test_what_is_nested_too_deeply_is_left_out_and_said(text: str) -> None:
    assert [one.lack for one in source_of("a.js", text).problems] == [Lack.TOO_DEEP]


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 10_000 + "1" + ")" * 10_000,
        "x = " + "a + " * 10_000 + "b",
        "if (a) b(); else " * 3_000 + "c()",
    ],
)
def test_what_is_only_long_is_read_whole(text: str) -> None:
    assert source_of("a.js", text).problems == ()
