"""Files of Bicep, construct by construct."""

from __future__ import annotations

import time

import pytest

from expressions_shown import shown
from keyless.assess.sources.bicep import read
from keyless.assess.syntax.source import Lack, Source
from keyless.assess.syntax.templates import Template


def _read(text: str, path: str = "infra/main.bicep") -> Source:
    return read(path, text)


def _template(text: str, path: str = "infra/main.bicep") -> Template:
    source = _read(text, path)
    assert source.problems == ()
    assert source.template is not None
    return source.template


def _variable(expression: str) -> str:
    (found,) = _template(f"var it = {expression}\nparam after string\n").variables
    return shown(found.value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("'a'", "'a'"),
        ("'it\\'s \\n \\u{1F600} \\${x}'", repr("it's \n \U0001f600 ${x}")),
        ("'a${b}c'", "J('a', b, 'c')"),
        ("'${a}'", "J(a)"),
        ("'${toLower('x${y}')}'", "J(toLower(J('x', y)))"),
        ("'''\na 'b' ${c}\n'''", repr("a 'b' ${c}\n")),
        ("$'''a ${b} c'''", "J('a ', b, ' c')"),
        ("$$'''a ${b} $${c}'''", "J('a ${b} ', c)"),
        ("1", "1"),
        ("-1", "-1"),
        ("true", "True"),
        ("null", "None"),
        ("!a", "<! a>"),
        ("a ? b : c", "(a ? b | c)"),
        ("a\n  ? b\n  : c", "(a ? b | c)"),
        ("a ? b : c ? d : e", "(a ? b | (c ? d | e))"),
        ("a ?? b ?? c", "(a | b | c)"),
        ("a ?? b!.c", "(a | b.c)"),
        ("a == b && !c || d", "<|| <&& <== a b> <! c>> d>"),
        ("1 + 2 * 3", "<+ 1 <* 2 3>>"),
        ("a - b - c + d", "<+ <- a b c> d>"),
        ("a == b != c", "<!= <== a b> c>"),
        ("!!a", "<! <! a>>"),
        ("a.b.?c[0][?'d']!", "a.b.c[0]['d']"),
        ("st::blob::c.id", "st.blob.c.id"),
        ("az.resourceGroup().location", "resourceGroup().location"),
        ("sys.concat('a', 'b')", "concat('a', 'b')"),
        ("a.listKeys().keys[0].value", "a.listKeys().keys[0].value"),
        ("[\n  guid(x).y\n  'b'\n]", "[guid(x).y, 'b']"),
        ("['a', 'b']", "['a', 'b']"),
        ("[\n  -1\n  !a\n  [1]\n  (b)\n]", "[-1, <! a>, [1], b]"),
        ("{ a: 1, 'b-c': 2 }", "{'a': 1, 'b-c': 2}"),
        ("{\n  a: {}\n  // a comment\n  '${b}': c /* and one */\n}", "{'a': {}, J(b): c}"),
        ("{ ...a, b: 1 }", "{<spread>: a, 'b': 1}"),
        ("[...a, b]", "[<spread a>, b]"),
        ("[for x in xs: x.name]", "for(x in xs: x.name)"),
        (
            "[for (x, i) in range(0, 3): if (x.ok) {\n  a: i\n}]",
            "for(x, i in range(0, 3): (x.ok ? {'a': i}))",
        ),
        ("map(xs, x => x.name)", "map(xs, (x) => x.name)"),
        ("reduce(xs, {}, (a, b) => union(a, b))", "reduce(xs, {}, (a, b) => union(a, b))"),
        ("filter(xs, x => x.a == 'b' && x.c)", "filter(xs, (x) => <&& <== x.a 'b'> x.c>)"),
        ("union(\n  a,\n  {\n    b: 1\n  }\n)", "union(a, {'b': 1})"),
        ("{ resource: 1, for: 2, if: 3 }", "{'resource': 1, 'for': 2, 'if': 3}"),
        ("a && b\n  && c", "<&& a b c>"),
        ("[]", "[]"),
    ],
)
def test_an_expression_means_what_bicep_means_by_it(written: str, meant: str) -> None:
    assert _variable(written) == meant


def test_parameters_have_types_defaults_and_whether_they_are_secure() -> None:
    template = _template(
        "@description('a ${b}')\n@secure()\nparam a string\n"
        "@allowed(['x'\n'y'])\nparam b 'x' | 'y' = 'x'\n"
        "param c {\n  d: string?\n  e: int[]\n}?\n"
        "param f resourceInput<'Microsoft.Storage/storageAccounts@2023-01-01'>.properties = {}\n"
        "@sys.secure()\nparam g object = {}\n"
    )
    found = [(one.name, one.type, one.secure, shown(one.default)) for one in template.parameters]
    assert found == [
        ("a", "string", True, "-"),
        ("b", "'x' | 'y'", False, "'x'"),
        ("c", "{ d: string? e: int[] }?", False, "-"),
        ("f", "resourceInput<'Microsoft.Storage/storageAccounts@2023-01-01'>.properties", False, "{}"),
        ("g", "object", True, "{}"),
    ]


def test_types_metadata_extensions_and_asserts_are_gone_past() -> None:
    template = _template(
        "metadata name = 'x'\nextension microsoftGraphV1\n"
        "extension kubernetes with {\n  namespace: 'default'\n} as k8s\n"
        "import 'sys@1.0.0' as sys\n"
        "type a = string\n@export()\ntype b = {\n  @secure()\n  c: string\n  *: int\n}\n"
        "type d =\n  | 'x'\n  | 'y'\nassert e = true\nvar f = 1\n"
    )
    assert [one.name for one in template.variables] == ["f"]


def test_functions_and_imports_are_variables() -> None:
    template = _template(
        "import { foo as bar, baz } from './x.bicep'\nimport * as ns from 'y.bicep'\n"
        "@export()\nfunc name(a string, b { c: int }) string => '${a}-${b.c}'\n"
    )
    assert [(one.name, shown(one.value)) for one in template.variables] == [
        ("bar", "<import './x.bicep'>.foo"),
        ("baz", "<import './x.bicep'>.baz"),
        ("ns", "<import 'y.bicep'>"),
        ("name", "(a, b) => J(a, '-', b.c)"),
    ]


_RESOURCES = """
resource st 'Microsoft.Storage/storageAccounts@2023-01-01' = if (wanted) {
  name: 'store'
  properties: {
    allowSharedKeyAccess: false
  }
  @description('where blobs are')
  resource blobs 'blobServices' = {
    name: 'default'
    resource containers 'containers@2022-09-01' = [for (name, i) in names: {
      name: name
    }]
  }
}
resource kv 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'vault'
  scope: resourceGroup('other')
}
@batchSize(1)
resource queue 'Microsoft.Storage/storageAccounts/queueServices@2023-01-01' = {
  parent: st
  name: 'default'
}
"""


def test_resources_within_resources_have_the_full_type_and_their_parent() -> None:
    found = _template(_RESOURCES).resources
    assert [(one.symbol, one.type, one.api_version, one.parent, one.existing) for one in found] == [
        ("st", "Microsoft.Storage/storageAccounts", "2023-01-01", None, False),
        ("blobs", "Microsoft.Storage/storageAccounts/blobServices", "", "st", False),
        (
            "containers",
            "Microsoft.Storage/storageAccounts/blobServices/containers",
            "2022-09-01",
            "blobs",
            False,
        ),
        ("kv", "Microsoft.KeyVault/vaults", "2023-07-01", None, True),
        ("queue", "Microsoft.Storage/storageAccounts/queueServices", "2023-01-01", "st", False),
    ]


def test_conditions_loops_and_scopes_are_kept() -> None:
    found = {one.symbol: one for one in _template(_RESOURCES).resources}
    assert shown(found["st"].condition) == "wanted"
    assert shown(found["containers"].repeated) == "names"
    assert found["containers"].items == ("name", "i")
    assert shown(found["kv"].scope) == "resourceGroup('other')"
    assert shown(found["st"].body) == "{'name': 'store', 'properties': {'allowSharedKeyAccess': False}}"


def test_the_head_of_a_resource_is_its_first_line_without_decorators() -> None:
    queue = _template(_RESOURCES).resources[-1]
    assert (queue.head.line, queue.head.column, queue.head.end_line) == (20, 1, 20)
    assert queue.span.line == 19


@pytest.mark.parametrize(
    "source", ["./modules/a.bicep", "br/public:avm/res/storage/storage-account:0.9.0", "br:x.azurecr.io/a:v1"]
)
def test_modules_have_what_is_handed_to_them(source: str) -> None:
    (module,) = _template(
        f"module m '{source}' = [for k in ks: if (k.on) {{\n"
        "  name: 'm'\n  scope: rg\n  params: {\n    a: k.b\n  }\n}]\n"
    ).modules
    assert (module.source, shown(module.arguments), shown(module.scope)) == (source, "{'a': k.b}", "rg")
    assert (shown(module.condition), shown(module.repeated), module.items) == ("k.on", "ks", ("k",))


def test_outputs_tell_whether_they_are_secure() -> None:
    template = _template("output a string = b.c\n@secure()\noutput d string = listKeys(x, 'y').key\n")
    assert [(one.name, one.secure, shown(one.value)) for one in template.outputs] == [
        ("a", False, "b.c"),
        ("d", True, "listKeys(x, 'y').key"),
    ]


@pytest.mark.parametrize(
    ("written", "kept"),
    [("subscription", "subscription"), ("resourceGroup", ""), ("managementGroup", "managementGroup")],
)
def test_the_target_scope_is_empty_for_a_resource_group(written: str, kept: str) -> None:
    assert _template(f"targetScope = '{written}'\n").target_scope == kept


def test_a_file_of_parameters_gives_values_for_its_template() -> None:
    template = _template(
        "using '../main.bicep'\nparam a = 'x'\nvar b = 1\nparam c = readEnvironmentVariable('C', '')\n",
        "infra/env/dev.bicepparam",
    )
    assert template.given_for == "infra/main.bicep"
    assert shown(template.given) == "{'a': 'x', 'c': readEnvironmentVariable('C', '')}"


def test_spans_count_characters_for_columns_and_bytes_for_offsets() -> None:
    (found,) = _template("var it = 'é${b}'\n").variables
    name = found.value.parts[1]  # type: ignore[union-attr]
    assert (name.span.line, name.span.column, name.span.start, name.span.end) == (1, 14, 14, 15)


def test_an_entry_that_is_not_understood_is_said_and_its_neighbours_are_read() -> None:
    source = _read("resource a 'X.Y/z@1' = {\n  name: 'a'\n  b: = [1 2\n  ]\n  c: true\n}\nparam d string\n")
    assert [(one.lack, one.span.line) for one in source.problems] == [(Lack.NOT_PARSED, 3)]
    assert source.template is not None
    assert shown(source.template.resources[0].body) == "{'name': 'a', 'b': <error>, 'c': True}"
    assert [one.name for one in source.template.parameters] == ["d"]


@pytest.mark.parametrize(
    "broken",
    [
        "resource a 'X.Y/z@1' = {\n  name: 'a'\n",
        "param = 3\n",
        "var x = 'not closed\n",
        "var x = '${a\n",
        "module m\n",
        "what is this\n",
        "var x = (a, b)\n",
        "var x = [for y in: z]\n",
        "output x string\n",
        "var x = f(a b)\n",
        "var x = 1 var y = 2\n",
        "var x = \u00e9\n",
    ],
)
def test_a_declaration_that_is_not_understood_does_not_take_the_next_along(broken: str) -> None:
    source = _read(broken + "var after = 1\n")
    assert source.problems
    assert source.template is not None
    assert source.template.variables[-1].name == "after"


@pytest.mark.parametrize("rest", ["/* never closed", "var x = '''\nnever closed"])
def test_what_is_never_closed_is_said_once(rest: str) -> None:
    source = _read("var a = 1\n" + rest)
    assert len(source.problems) == 1
    assert source.template is not None
    assert source.template.variables[0].name == "a"


@pytest.mark.parametrize(
    "nested",
    [
        "[" * 5000 + "]" * 5000,
        "(" * 5000,
        "a ? " * 5000,
        "!" * 5000 + "a",
        "{a:" * 5000,
        "'${" * 5000,
        "a" + ".b" * 5000,
        "a" + " + a - a" * 5000,
    ],
)
def test_what_is_nested_too_deeply_is_said(nested: str) -> None:
    source = _read(f"var x = {nested}\nvar after = 1\n")
    assert source.template is not None
    assert source.template.variables[-1].name == "after"
    assert Lack.TOO_DEEP in {one.lack for one in source.problems}


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    assert [
        one.name for one in _template("param a string\r\nvar b = [\r\n  1\r\n  2\r\n]\r\n").variables
    ] == ["b"]


def test_what_is_not_closed_is_not_gone_past_once_for_each_of_what_it_stands_in() -> None:
    text = "var x = " + "{a:" * 99 + "b: [1,2,3,4]\n" * 20000
    start = time.process_time()
    assert _read(text).problems
    assert time.process_time() - start < 9
