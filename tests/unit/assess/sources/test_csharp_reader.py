"""What the reader of C# makes of each construct."""

from __future__ import annotations

import pytest

from code_shown import shown, source_of
from keyless.assess.sources.read import read
from keyless.assess.syntax.code import Import
from keyless.assess.syntax.expressions import Assign, Call, dotted
from keyless.assess.syntax.source import Lack, Source
from keyless.assess.syntax.walk import sites

EXPRESSIONS = {
    "F(\"a\\n\", 1, 0x1F, 1.5m, true, null, 'c')": "F('a\\n', 1, 31, 1.5, True, None, 'c')",
    '@"a""b\\"': "'a\"b\\\\'",
    '$"a{b:N2}{{c}}"': "+('a', b, '{c}')",
    '$@"a\\{b}"': "+('a\\\\', b)",
    '"a" + b + "c" + "d"': "+('a', b, 'cd')",
    "n + 1": "<binary_expression n 1>",
    "a ?? b ?? c": "?(a, b, c)",
    "x ? a : y ? b : c": "?(a, b, c by <conditional_expression x y>)",
    'x switch { 1 => "a", _ => b }': "?('a', b by <switch_expression x 1>)",
    "a?.B?[0]?.C(1)": "a.B[0].C(1)",
    "a[1, 2]": "a[[1, 2]]",
    "(await a.B()!).C": "a.B().C",
    "((T)a).B(c as D)": "a.B(c)",
    "s.AddSingleton<IStore, Store>(p => new(p.Get<X>()))": (
        "s.AddSingleton<IStore, Store>(fn (p) {return new Store(p.Get<X>())})"
    ),
    "new A.B<C>(d, name: e) { F = g, [h] = i }": "new A.B<C>(d, name=e){'F': g, h: i}",
    'new List<string> { "a", "b" }': "new List<string>(){0: 'a', 1: 'b'}",
    'new D { { "a", b }, { "c", d } }': "new D(){'a': b, 'c': d}",
    "new[] { a, b }": "[a, b]",
    "new byte[n]": "<array_creation_expression n>",
    "new { A = b, c.D, e }": "{'A': b, 'D': c.D, 'e': e}",
    "a with { B = c }": "<with_expression a {'B': c}>",
    "(a, b)": "[a, b]",
    "F(ref a, this, base.B)": "F(a, this, base.B)",
    "typeof(Store)": "<typeof_expression Store>",
    "string.Join(a)": "string.Join(a)",
    "nameof(Options.Key)": "'Key'",
    "async (a, b) => { F(); return a; }": "fn async (a, b) {F(); return a}",
    "delegate (int a) { return a; }": "fn (a: int) {return a}",
    "from a in b where a.C select F(a)": (
        "<query_expression <from_clause a b> <where_clause a.C> <select_clause F(a)>>"
    ),
    "default(string)": "None",
    '"""a "b" c"""': "'a \"b\" c'",
}
STATEMENTS = {
    "Store a = new(b), c;": "a: Store = new Store(b); c: Store",
    'const string A = "b";': "const A: string = 'b'",
    "await using var a = F();": "using a = F()",
    "var (a, b) = F();": "[a, b] = F()",
    "(a, var b) = F();": "[a, b] = F()",
    "List<Store> a = [new(1), ..b];": "a: List<Store> = [new Store(1), b]",
    "Store[] a = { new(1) };": "a: Store[] = [new Store(1)]",
    "a = b = F();": "b = F(); a = b",
    "a ??= F();": "a = F()",
    "if (a is string b && c) F(b); else if (d) G(); else H();": (
        "b = a; if (<binary_expression <is_pattern_expression b> c>) {F(b)}; if (d) {G()}; else {H()}"
    ),
    "if (F() is { Length: > 0 } b) G(b);": (
        "b = F(); if (<is_pattern_expression b <recursive_pattern <property_pattern_clause <subpattern "
        "Length <relational_pattern 0>>> b>>) {G(b)}"
    ),
    'if (a.TryGetValue("k", out var b)) F(b);': "b = a.TryGetValue('k', b); if (b) {F(b)}",
    "F(out _);": "F(_)",
    "for (int i = 0; i < n; i++) F(i);": (
        "i: int = 0; repeat over <binary_expression i n> {F(i); <postfix_unary_expression i>}"
    ),
    "foreach (var (a, b) in c) { F(a); }": "repeat a b over c {F(a)}",
    "while (F()) G();": "repeat over F() {G()}",
    "do { G(); } while (F());": "repeat over F() {G()}",
    "try { A(); } catch (E e) when (e.F()) { B(); } finally { C(); }": (
        "try {A()}; catch (e.F()) {B()}; finally {C()}"
    ),
    'switch (a) { case "x": F(); break; case B b: G(b); break; default: H(); break; }': (
        "switch (a) {case (<switch_section 'x'>) {F()}; b = a; case {G(b)}; default {H()}}"
    ),
    "using (var a = F()) { G(); }": "with {using a = F(); G()}",
    "using (a) G();": "with {a; G()}",
    "lock (a) { F(); }": "lock {a; F()}",
    "unsafe { F(); }": "unsafe {F()}",
    "throw new E(a);": "new E(a)",
    "Store Make(string a = null) => new(a);": "def Make(a: string = None): Store {return new Store(a)}",
    "async Task<Store> Make() { return await F() ?? new(a); }": (
        "def async Make(): Task<Store> {return ?(F(), new Store(a))}"
    ),
    "label: F();": "F()",
    "string? a = b!;": "a: string = b",
    "@class.F();": "class.F()",
    "{ F(); G(); }": "F(); G()",
    'var a = """\n      x\n        y\n      """;': "a = 'x\\n  y'",
}
MEMBERS = {
    '[JsonName("x", Order = 1), Key] public string A { get; set; } = b;': (
        "@JsonName('x', Order=1) @Key public A: string = b"
    ),
    "string A => F();": "A: string = F()",
    "string A { get => F(); set { G(value); } }": "A: string = F(); def set A() {G(value)}",
    "string A { get { F(); return b; } }": "A: string; def get A() {F(); return b}",
    "private readonly Store _a = new(1);": "private readonly _a: Store = new Store(1)",
    "Store _a; C() { this._a = new(2); }": "_a: Store; def <init>() {this._a = new Store(2)}",
    "C(A a, params B[] b) : base(a) { }": "def <init>(a: A, b: B[]) {base(a)}",
    "C() : this(1) => F();": "def <init>() {this(1); return F()}",
    '[Get("x")] public static async Task<A> M<T>([FromServices] A a) where T : B { return a; }': (
        "def @Get('x') public static async M(@FromServices a: A): Task<A> {return a}"
    ),
    "string this[int i] => F();": "this[]: string = F()",
    "~C() { F(); }": "def C() {F()}",
    "public static C operator +(C a) => F(a);": (
        "def public static operator_declaration(a: C): C {return F(a)}"
    ),
    "event Handler E; delegate void D();": "E: Handler",
    "enum E { A = 1, B }": "class E() {A = 1; B}",
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_of_csharp_is_read(text: str) -> None:
    assert shown("a.cs", f"var x = {text};") == f"x = {EXPRESSIONS[text]}"


@pytest.mark.parametrize("text", STATEMENTS)
def test_a_statement_of_csharp_is_read(text: str) -> None:
    assert shown("a.cs", text) == STATEMENTS[text]


@pytest.mark.parametrize("text", MEMBERS)
def test_a_member_of_a_class_of_csharp_is_read(text: str) -> None:
    assert shown("a.cs", f"class C {{ {text} }}") == f"class C() {{{MEMBERS[text]}}}"


EXPECTED = {
    "Store P { get; set; } C() { P = new(1); }": "P = new Store(1)",
    "Store _a, _b; void M() { this._b = new(1); }": "this._b = new Store(1)",
    "Store _a; void M() { other = new(1); }": "other = new <implicit_object_creation_expression>(1)",
    "ValueTask<Store> M() => new(1);": "return new ValueTask(1)",
    "async ValueTask<Store> M() { return new(1); }": "return new Store(1)",
    "Store M() { Run(() => { return new(1); }); }": "return new <implicit_object_creation_expression>(1)",
    "Store M() { Run(new(1)); }": "Run(new <implicit_object_creation_expression>(1))",
    "Store P => a ? new(1) : new(2);": "P: Store = ?(new Store(1), new Store(2) by a)",
    "Store M() => a switch { 1 => new(1), _ => b };": "?(new Store(1), b by",
    "Dictionary<string, A.Store> P = [new(1)];": "[new A.Store(1)]",
    "void M() { var x = new Store[] { new(1) }; }": "x = [new Store(1)]",
    "object M() { var x = new(1); }": "x = new <implicit_object_creation_expression>(1)",
    "void M() { Run(p => new(1)); }": "return new <implicit_object_creation_expression>(1)",
}


@pytest.mark.parametrize("text", EXPECTED)
def test_what_new_makes_is_what_it_is_declared_for(text: str) -> None:
    assert EXPECTED[text] in shown("a.cs", f"class C {{ {text} }}")


def test_at_the_top_of_a_file_new_is_for_what_is_declared_there() -> None:
    assert shown("a.cs", "Store a = new(1); a = new(2);") == (
        "a: Store = new Store(1); a = new <implicit_object_creation_expression>(2)"
    )


def test_parameters_of_a_primary_constructor_are_fields_that_it_sets() -> None:
    assert shown("a.cs", "class A(B b) : C(b), D { string E() => b.F; }") == (
        "class A(C, D) {b: B; def <init>(b: B) {base(b); this.b = b}; def E(): string {return b.F}}"
    )
    assert shown("a.cs", "public record R(string A) : S(A);") == (
        "class R(S) {A: string; def <init>(A: string) {base(A); this.A = A}}"
    )


def test_usings_are_imports_wherever_they_stand() -> None:
    (unit,) = source_of(
        "a.cs",
        "global using A.B; using static C.D; using E = F.G.H<int>; namespace I.J { using K; class L { } }",
    ).units
    assert [(one.module, one.name, one.alias) for one in unit.imports] == [
        ("A.B", None, ""),
        ("C.D", None, ""),
        ("F.G", "H", "E"),
        ("K", None, ""),
    ]
    assert isinstance(unit.imports[0], Import)
    assert unit.package == "I.J"


def test_a_namespace_of_a_whole_file_is_its_package() -> None:
    (unit,) = source_of("a.cs", "namespace A.B; class C { }").units
    assert unit.package == "A.B"
    assert len(unit.body) == 1


def test_both_branches_of_a_directive_are_read() -> None:
    text = "class C {\n#if DEBUG\n  A a = F();\n#else\n  A a = G();\n#endif\n}"
    assert shown("a.cs", text) == "class C() {a: A = F(); a: A = G()}"


def test_a_directive_within_a_chain_of_calls_loses_nothing() -> None:
    text = "var a = b\n  .C()\n#if !X\n  .D()\n#endif\n  .E();"
    assert shown("a.cs", text) == "a = b.C().D().E()"


def test_a_branch_that_does_not_fit_beside_the_first_is_said_not_to_be_read() -> None:
    text = "class C {\n#if X\n  void M(int a)\n#else\n  void M(\n#endif\n  { F(); }\n}"
    found = read("a.cs", text.encode())
    assert found is not None
    assert [(one.lack, one.span.line) for one in found.problems] == [(Lack.NOT_PARSED, 4)]
    assert any(isinstance(site.expression, Call) for site in sites(found.units[0]))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("if (x is [1, .. var rest]) F(rest);", "F(rest)"),
        ("a?.B = F();", "a.B = F()"),
        ("a?.B ??= F();\n#if X\nG();\n#endif", "a.B = F(); G()"),
        ('var s = "..var a]"; a?.B += 1;', "s = '..var a]'; a.B = 1"),
    ],
)
def test_what_is_newer_than_the_grammar_is_read_all_the_same(text: str, wanted: str) -> None:
    assert wanted in shown("a.cs", text)


def test_spans_are_those_of_the_text_whatever_is_before_it() -> None:
    text = '// é\nvar a = new Store("é");'
    (unit,) = source_of("a.cs", text).units
    (assigned,) = unit.body
    assert isinstance(assigned, Assign)
    call = assigned.value
    assert isinstance(call, Call)
    assert text.encode()[call.span.start : call.span.end].decode() == 'new Store("é")'
    assert (call.span.line, call.span.column, call.span.end_column) == (2, 9, 23)


def test_what_is_nested_too_deeply_is_said_and_the_rest_is_read() -> None:
    found = read("a.cs", ("F(" * 400 + ")" * 400 + "; G();").encode())
    assert found is not None
    assert [one.lack for one in found.problems] == [Lack.TOO_DEEP]
    assert any(
        getattr(getattr(one.expression, "callee", None), "id", "") == "G" for one in sites(found.units[0])
    )


def test_a_long_sum_and_a_long_chain_are_not_deep() -> None:
    text = 'var a = "x"' + ' + "y"' * 3000 + "; b" + ".C()" * 110 + ";"
    assert shown("a.cs", text).startswith("a = 'xyyy")


def test_what_is_not_understood_is_a_problem_and_calls_around_it_are_kept() -> None:
    found = read("a.cs", b"class C { void M() { F(); ) G(); } }")
    assert found is not None
    assert [one.lack for one in found.problems] == [Lack.NOT_PARSED]
    assert _called(found) == {"F", "G"}


def _called(source: Source) -> set[str]:
    found = (one.expression for one in sites(source.units[0]))
    return {dotted(one.callee) or "" for one in found if isinstance(one, Call)}
