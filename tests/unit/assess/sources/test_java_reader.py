"""What the reader of Java makes of each construct."""

from __future__ import annotations

import pytest

from code_shown import shown, source_of
from keyless.assess.sources.read import read
from keyless.assess.syntax.source import Lack

EXPRESSIONS = {
    "f(\"a\\n\\u0041\\101\", 1, 0x1F, 10_000L, 017, 1.5e3, 2f, true, null, 'c')": (
        "f('a\\nAA', 1, 31, 10000, 15, 1500.0, 2, True, None, 'c')"
    ),
    '"a" + b + "c" + "d"': "+('a', b, 'cd')",
    "n - 1": "<binary_expression n 1>",
    "x ? a : y ? b : c": "?(a, b, c by <ternary_expression x y>)",
    'new B().a("x").credential(new C().build()).buildClient()': (
        "new B().a('x').credential(new C().build()).buildClient()"
    ),
    "((T) a).b()": "a.b()",
    "a.b[0].<X>c(d)": "a.b[0].c<X>(d)",
    "this.a.b(super.c())": "this.a.b(super.c())",
    "() -> { f(); }": "fn () {f()}",
    "(a, b) -> a.c(b)": "fn (a, b) {return a.c(b)}",
    "(final A a, int... b) -> c": "fn (a: A, b: int) {return c}",
    "list.map(A::b).map(C::new).to(int[]::new)": "list.map(A.b).map(C.new).to(int.new)",
    "A.class": "A.class",
    'new String[] {"a", b}': "['a', b]",
    "new byte[n]": "<array_creation_expression n>",
    "new A.B<C>(d)": "new A.B<C>(d)",
    "outer.new A()": "new outer.A()",
    "new R() { int a; B b = new B(); class D { } static { f(); } }": (
        "new R(){'b': new B(), 'D': fn () {class D() {}}, '<init>': fn <init>() {f()}}"
    ),
    "new R() { int a = 1; { put(b); } public void run() { f(); } }": (
        "new R(){'a': 1, '<init>': fn <init>() {put(b)}, 'run': fn public run(): void {f()}}"
    ),
    'switch (k) { case 1, 2 -> "a"; case 3 -> { f(); yield b; } default -> throw new E(); }': (
        "?('a', <switch_rule fn () {f(); return b}>, <switch_rule fn () {new E()}> "
        "by <switch_expression k 1 2 3>)"
    ),
    "-n": "<unary_expression n>",
    '"""\n      a\n        "b" \\\n      c  \n      """': "'a\\n  \"b\" c\\n'",
}
STATEMENTS = {
    "String a = b, c;": "a: String = b; c: String",
    "var a = f();": "a = f()",
    'final String[] A = {"b"};': "final A: String[] = ['b']",
    "a.b = c;": "a.b = c",
    "a += b;": "a = b",
    "a = b = f();": "b = f(); a = b",
    "if (o instanceof String s && f(s)) g(); else if (b) h(); else { i(); }": (
        "s = o; if (<binary_expression <instanceof_expression s> f(s)>) {g()}; if (b) {h()}; else {i()}"
    ),
    "while ((a = f()) != null) { g(a); }": ("a = f(); repeat over <binary_expression a None> {g(a)}"),
    "do { f(); } while (a);": "repeat over a {f()}",
    "for (int i = 0, j = 1; i < n; i++) f(i);": (
        "i: int = 0; j: int = 1; repeat over <binary_expression i n> {f(i); <update_expression i>}"
    ),
    "for (final String a : b) f(a);": "repeat a over b {f(a)}",
    "try (var a = f(); b) { g(); } catch (A | B e) { h(); } finally { i(); }": (
        "with {try a = f(); b; g()}; catch {h()}; finally {i()}"
    ),
    "try { f(); } finally { g(); }": "try {f()}; finally {g()}",
    "switch (k) { case 1: f(); break; default: g(); }": (
        "switch (k) {case (<switch_label 1>) {f()}; default {g()}}"
    ),
    "switch (k) { case A a -> f(a); default -> g(); }": "switch (k) {a = k; case {f(a)}; default {g()}}",
    "synchronized (this) { f(); }": "synchronized (this) {f()}",
    'assert a : "b";': "a; 'b'",
    "throw new E(a);": "new E(a)",
    "label: f();": "f()",
    "{ f(); g(); }": "f(); g()",
    "return;": "return",
    "return switch (k) { case String s -> s; default -> a; };": "s = k; return ?(s, a by k)",
    "class A { }": "class A() {}",
}
MEMBERS = {
    '@Value("${a.b:c}") private String key;': "@Value('${a.b:c}') private key: String",
    'C(@Value("${a}") String a) { super(a); this.a = a; }': (
        "def <init>(@Value('${a}') a: String) {super(a); this.a = a}"
    ),
    '@Get(path = {"/a", "/b"}, value = @X) @Y public static A m(B... b) throws E { return b; }': (
        "def @Get(path=['/a', '/b'], value=X) @Y public static m(b: B): A {return b}"
    ),
    "static { f(); } { g(); }": "f(); g()",
    "<T extends A> List<T> m() { return null; }": "def m(): List<T> {return None}",
    'enum E { A("x") { void f() { g(); } }, B; E(String s) { h(); } }': (
        "class E() {A = new E('x'){'f': fn f(): void {g()}}; B; def <init>(s: String) {h()}}"
    ),
    'interface I extends J, K { String A = "b"; void m(); default void n() { f(); } }': (
        "class I(J, K) {A: String = 'b'; def m(): void {}; def default n(): void {f()}}"
    ),
    '@interface N { String value() default "x"; }': "class N() {}",
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_of_java_is_read(text: str) -> None:
    assert shown("A.java", f"class C {{ T x = {text}; }}") == f"class C() {{x: T = {EXPRESSIONS[text]}}}"


@pytest.mark.parametrize("text", STATEMENTS)
def test_a_statement_of_java_is_read(text: str) -> None:
    assert shown("A.java", f"class C {{ void m() {{ {text} }} }}") == (
        f"class C() {{def m(): void {{{STATEMENTS[text]}}}}}"
    )


@pytest.mark.parametrize("text", MEMBERS)
def test_a_member_of_a_class_of_java_is_read(text: str) -> None:
    assert shown("A.java", f"class C {{ {text} }}") == f"class C() {{{MEMBERS[text]}}}"


def test_the_parameters_of_a_record_are_fields_that_it_sets_after_its_compact_constructor() -> None:
    assert shown("A.java", "record R(@Q String a) implements I { R { f(a); } int n() { return 1; } }") == (
        "class R(I) {a: String; def <init>(@Q a: String) {f(a); this.a = a}; def n(): int {return 1}}"
    )


def test_imports_and_the_package_of_java_are_told() -> None:
    (unit,) = source_of(
        "A.java",
        "package a.b; import c.d.E; import f.*; import static g.H.i; import static j.K.*; class L {}",
    ).units
    assert unit.package == "a.b"
    assert [(one.module, one.name, one.alias) for one in unit.imports] == [
        ("c.d", "E", "E"),
        ("f", None, ""),
        ("g.H", "i", "i"),
        ("j.K", None, ""),
    ]


def test_annotations_and_bases_of_a_class_of_java_are_told() -> None:
    assert shown("A.java", '@Service("x") @Marker public class A extends B<C> implements D, E { }') == (
        "@Service('x') @Marker class A(B<C>, D, E) {}"
    )


def test_java_nested_too_deeply_is_said() -> None:
    found = read("A.java", ("class A { int x = " + "f(" * 400 + ")" * 400 + "; }").encode())
    assert found is not None
    assert [one.lack for one in found.problems] == [Lack.TOO_DEEP]
