"""No call of a source is lost on its way into the form, however its constructs stand in one another."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from tests.forms_shown import source_of

from keyless.assess.syntax.expressions import Call
from keyless.assess.syntax.walk import sites
from keyless.grammars import parsed


def _indented(lines: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return lines.map(lambda text: "\n".join(f"  {line}" for line in text.splitlines()))


_PYTHON = st.recursive(
    st.sampled_from(["a", "1", "'t'", "f()", "b.c"]),
    lambda inner: st.one_of(
        st.builds("g({}, k={})".format, inner, inner),
        st.builds("({}).m(*{})".format, inner, inner),
        st.builds("({} or {} and {})".format, inner, inner, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("[{}, *{}]".format, inner, inner),
        st.builds("{{'k': {}, **{}}}".format, inner, inner),
        st.builds("[{} for x in {} if {}]".format, inner, inner, inner),
        st.builds("{{x: {} for x in {}}}".format, inner, inner),
        st.builds("(lambda p={}: {})".format, inner, inner),
        st.builds("({} + {} % {})".format, inner, inner, inner),
        st.builds("(n := {})".format, inner),
        st.builds('f"""{{{}}} {{{}!r}}"""'.format, st.sampled_from(["f()", "a.b(c)"]), st.just("g()")),
        st.builds("({})[{}]".format, inner, inner),
        st.builds("(not {} < {})".format, inner, inner),
    ),
    max_leaves=8,
)
_PYTHON_LINES = st.recursive(
    st.one_of(
        st.builds("x = {}".format, _PYTHON),
        st.builds("x, y = {}".format, _PYTHON),
        st.builds("x += {}".format, _PYTHON),
        st.builds("x: T = {}".format, _PYTHON),
        st.builds("raise E({})".format, _PYTHON),
        st.builds("assert {}".format, _PYTHON),
        st.builds("return {}".format, _PYTHON),
        st.builds("yield {}".format, _PYTHON),
        st.builds("del ({}).d".format, _PYTHON),
    ),
    lambda inner: st.one_of(
        st.builds("if {}:\n{}\nelif {}:\n{}".format, _PYTHON, _indented(inner), _PYTHON, _indented(inner)),
        st.builds("for x in {}:\n{}\nelse:\n{}".format, _PYTHON, _indented(inner), _indented(inner)),
        st.builds("while {}:\n{}".format, _PYTHON, _indented(inner)),
        st.builds("with {} as z:\n{}".format, _PYTHON, _indented(inner)),
        st.builds("try:\n{}\nexcept E as e:\n{}".format, _indented(inner), _indented(inner)),
        st.builds("@{}\ndef h(p={}):\n{}".format, st.just("dec(1)"), _PYTHON, _indented(inner)),
        st.builds("class C(B):\n{}".format, _indented(inner)),
        st.builds("match {}:\n  case 1 if {}:\n  {}".format, _PYTHON, _PYTHON, _indented(_PYTHON)),
    ),
    max_leaves=4,
)
_SCRIPT = st.recursive(
    st.sampled_from(["a", "1", "'t'", "f()", "b.c", "new D()"]),
    lambda inner: st.one_of(
        st.builds("g({}, ...{})".format, inner, inner),
        st.builds("({})?.m({})".format, inner, inner),
        st.builds("new E({})".format, inner),
        st.builds("({} || ({} && {}))".format, inner, inner, inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
        st.builds("[{}, ...{}]".format, inner, inner),
        st.builds("{{ k: {}, [{}]: 1, ...{} }}".format, inner, inner, inner),
        st.builds("((p = {}) => {})".format, inner, inner),
        st.builds("(({{ p = {} }}) => {{ return {} }})".format, inner, inner),
        st.builds("(function () {{ {} }})".format, inner),
        st.builds("`${{{}}} ${{{}}}`".format, inner, inner),
        st.builds("({} + {})".format, inner, inner),
        st.builds("(v = {})".format, inner),
        st.builds("({})[{}]".format, inner, inner),
        st.builds("(typeof {} == {}, {})".format, inner, inner, inner),
        st.builds("(class extends mix({}) {{ q = {}; r() {{ {} }} }})".format, inner, inner, inner),
    ),
    max_leaves=8,
)
_SCRIPT_LINES = st.recursive(
    st.one_of(
        st.builds("({});".format, _SCRIPT),
        st.builds("const {{ x: y = {} }} = {};".format, _SCRIPT, _SCRIPT),
        st.builds("throw {};".format, _SCRIPT),
        st.builds("export default ({});".format, _SCRIPT),
        st.builds("var [x] = {}, z = {};".format, _SCRIPT, _SCRIPT),
    ),
    lambda inner: st.one_of(
        st.builds("if ({}) {{ {} }} else if ({}) {{ {} }}".format, _SCRIPT, inner, _SCRIPT, inner),
        st.builds("for (const x of {}) {{ {} }}".format, _SCRIPT, inner),
        st.builds("for (let i = {}; {}; {}) {{ {} }}".format, _SCRIPT, _SCRIPT, _SCRIPT, inner),
        st.builds("do {{ {} }} while ({})".format, inner, _SCRIPT),
        st.builds("try {{ {} }} catch (e) {{ {} }} finally {{ {} }}".format, inner, inner, inner),
        st.builds("switch ({}) {{ case {}: {} default: {} }}".format, _SCRIPT, _SCRIPT, inner, inner),
        st.builds("async function h(p = {}) {{ {} }}".format, _SCRIPT, inner),
        st.builds("class A {{ static {{ {} }} get m() {{ {} }} }}".format, inner, inner),
    ),
    max_leaves=4,
)


def _calls(path: str, text: str) -> Counter[int]:
    """How many calls of the form end at each byte: at its closing parenthesis."""
    source = source_of(path, text)
    assert not source.problems, text
    found = (site.expression for unit in source.units for site in sites(unit))
    return Counter(one.span.end for one in found if isinstance(one, Call))


def _written(language: str, text: str) -> Counter[int]:
    waiting, found = [parsed(language, text.encode())], Counter[int]()
    while waiting:
        node = waiting.pop()
        if node.type in ("call", "call_expression", "new_expression"):
            found[node.end_byte] += 1
        waiting.extend(node.children)
    return found


@given(_PYTHON_LINES)
def test_each_call_of_python_is_once_in_the_form(text: str) -> None:
    assert _calls("a.py", text) == _written("python", text)


@given(_SCRIPT_LINES)
def test_each_call_of_javascript_is_once_in_the_form(text: str) -> None:
    assert _calls("a.js", text) == _written("javascript", text)
