"""What holds of every condition: read back as written, evaluated as the reference does, and closed to what is
not known. Names, values and actions are few, so that they meet often."""

from __future__ import annotations

import re

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from keyless.authz.conditions import (
    AttributeSource,
    Beginning,
    ConditionError,
    Facts,
    Outcome,
    evaluate,
    parse,
)
from keyless.authz.conditions.constants import read_guid
from keyless.authz.conditions.evaluation import compiled
from keyless.authz.conditions.like import like
from keyless.authz.conditions.moments import read_moment
from keyless.authz.conditions.operators import OPERATORS, Family, Operator, Quantifier
from keyless.authz.conditions.parser import parse_tree
from keyless.authz.conditions.printing import write_tree
from keyless.authz.conditions.tree import (
    ActionMatches,
    And,
    Attribute,
    Comparison,
    Constants,
    Exists,
    Node,
    Not,
    Or,
    SubOperationMatches,
)
from keyless.authz.reference_conditions import condition_outcome

TAG = "c/tags:Key<$key_case_sensitive$>"
NAMES = ("a", "A", "b", TAG, TAG.replace("Key", "key"), "subOperation")
WORDS = ("", "a", "A", "ab", "aB", "b*", "it's", "\\", "\\*", "ä", "Ä", "ſ", "K", "\n")
PATTERNS = (*WORDS, "*", "?", "a*", "*b", "a?", "\\*", "\\?*", "b\\*")
GUIDS = ("acdd72a7338548efbd42f606fba81ae7", "b24988acd6180042a0ab8820f7382dd2")
TIMES = ("2030-01-01T00:00:00Z", "1969-12-31T23:59:59.9999999Z", "2030-01-01T00:00:00.0000001Z")
ACTIONS = ("Contoso/a/read", "contoso/A/write", "Contoso/ab/read")

MOMENTS = st.sampled_from([moment for when in TIMES if (moment := read_moment(when)) is not None])
CONSTANTS = {
    Family.TEXT: st.sampled_from(PATTERNS),
    Family.NUMBER: st.integers(-2, 2),
    Family.MOMENT: MOMENTS,
    Family.GUID: st.sampled_from(GUIDS),
    Family.BOOLEAN: st.booleans(),
}
attributes = st.builds(Attribute, st.sampled_from(AttributeSource), st.sampled_from(NAMES))
operators = st.sampled_from(sorted(OPERATORS.values(), key=lambda each: each.name))
quantifiers = st.sampled_from(Quantifier)
patterns = st.lists(st.sampled_from((*ACTIONS, "*", "*/read", "Contoso/a*")), min_size=1, max_size=2).map(
    tuple
)


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    """A comparison that the grammar allows, of sides that its operator can compare."""
    operator: Operator = draw(operators)
    quantifier = draw(st.none() | quantifiers)
    most = 1 if quantifier is None else 3
    values = st.lists(CONSTANTS[operator.family], min_size=1, max_size=most).map(tuple)
    side = attributes | st.builds(Constants, values)
    return Comparison(draw(attributes | side), operator, draw(side), quantifier)


leaves = (
    comparisons()
    | st.builds(Exists, attributes)
    | st.builds(ActionMatches, patterns)
    | st.builds(SubOperationMatches, patterns)
)


def _joined(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.builds(Not, parts) | st.builds(And, several) | st.builds(Or, several)


trees: st.SearchStrategy[Node] = st.recursive(leaves, _joined, max_leaves=6)
scalars = (
    st.sampled_from((*WORDS, *GUIDS, "acdd72a7-3385-48ef-bd42-f606fba81ae7", "1"))
    | st.integers(-2, 2)
    | st.booleans()
    | st.sampled_from([1.0, *TIMES])
)
values = st.none() | scalars | st.lists(scalars, max_size=2).map(tuple)
facts = st.builds(
    Facts,
    st.sampled_from(ACTIONS),
    st.lists(st.sampled_from(ACTIONS), max_size=2).map(tuple),
    st.dictionaries(
        st.sampled_from(AttributeSource), st.dictionaries(st.sampled_from(NAMES[2:]), values, max_size=4)
    ),
    st.frozensets(st.sampled_from(AttributeSource), max_size=2),
)


@settings(max_examples=800)
@given(trees, facts)
def test_the_fast_evaluation_agrees_with_the_plain_reference(tree: Node, known: Facts) -> None:
    assert compiled(tree)(known) is condition_outcome(tree, known)


@settings(max_examples=400)
@given(comparisons(), facts)
def test_single_comparisons_agree_with_the_plain_reference(node: Comparison, known: Facts) -> None:
    assert compiled(node)(known) is condition_outcome(node, known)


@given(trees)
def test_a_tree_that_is_written_and_read_is_the_same_tree(tree: Node) -> None:
    assert parse_tree(write_tree(tree)) == tree


@given(trees, facts, st.randoms(use_true_random=False))
def test_neither_the_case_of_keywords_nor_the_spaces_between_change_the_meaning(
    tree: Node, known: Facts, random: object
) -> None:
    text = write_tree(tree)
    assume("'" not in re.sub(r"'[^'\\]*'", "", text))
    quoted = re.split(r"('[^']*'|\[[^]]*\])", text)
    other = "".join(
        part if at % 2 else part.swapcase().replace(" ", " \n\t").replace(" AND", "\r\n&&")
        for at, part in enumerate(quoted)
    )
    assert parse_tree(other) == tree
    assert evaluate(parse(other), known).outcome is evaluate(parse(text), known).outcome


@given(trees, facts)
def test_double_negation_changes_nothing(tree: Node, known: Facts) -> None:
    assert compiled(Not(Not(tree)))(known) is compiled(tree)(known)


@given(st.lists(trees, min_size=2, max_size=3).map(tuple), facts)
def test_de_morgan_holds_where_everything_can_be_evaluated(parts: tuple[Node, ...], known: Facts) -> None:
    assume(all(compiled(part)(known) is not None for part in parts))
    inverted = tuple(Not(part) for part in parts)
    assert compiled(Not(And(parts)))(known) is compiled(Or(inverted))(known)
    assert compiled(Not(Or(parts)))(known) is compiled(And(inverted))(known)


@given(comparisons(), facts)
def test_a_comparison_that_cannot_be_evaluated_grants_in_neither_direction(
    node: Comparison, known: Facts
) -> None:
    nothing = Facts(known.action)
    if any(isinstance(side, Attribute) and side.name != "subOperation" for side in (node.left, node.right)):
        assert compiled(node)(nothing) is None
        assert compiled(Not(node))(nothing) is None


@given(trees, facts)
def test_to_learn_less_never_makes_a_condition_hold_or_fail_that_did_otherwise(
    tree: Node, known: Facts
) -> None:
    """Taking attributes away may leave the outcome open; it never turns it round."""
    less = Facts(known.action, known.sub_operations)
    assert compiled(tree)(less) in {None, compiled(tree)(known)}


@given(trees, facts)
def test_a_verdict_holds_only_if_true_and_its_clauses_are_its_texts(tree: Node, known: Facts) -> None:
    text = write_tree(tree)
    verdict = evaluate(parse(text), known)
    assert verdict.holds is (compiled(tree)(known) is True)
    for clause in verdict.clauses:
        assert text[clause.start : clause.end] == clause.text
        assert (clause.reason is not None) is (clause.outcome is Outcome.UNKNOWN)
        assert parse(clause.text)


PIECES = (
    "( ) { } [ ] : , ' \\ ! && || @Request[a] @ Exists StringEquals ForAnyOfAnyValues 'x' "
    "ActionMatches AND OR NOT 1 true"
)
texts = st.text() | st.lists(st.sampled_from((*PIECES.split(), " "))).map(" ".join)


def _read(text: str) -> Node | ConditionError:
    try:
        return parse(text).tree
    except ConditionError as error:
        return error


@settings(max_examples=500)
@given(texts)
def test_no_text_fails_in_any_other_way_than_by_a_condition_error(text: str) -> None:
    read = _read(text)
    if isinstance(read, ConditionError):
        assert 0 <= read.position <= len(text)
        assert read.render()
    else:
        assert parse_tree(write_tree(read)) == read


@given(st.text("ab*?\\", max_size=6), st.text("ab*?\\", max_size=6))
def test_wildcards_match_as_by_backtracking(pattern: str, text: str) -> None:
    operator = OPERATORS["stringlike"]
    both = Comparison(Constants((text,)), operator, Constants((pattern,)))
    assert like(pattern, text) is condition_outcome(both, Facts("a"))


@given(st.text("0123456789abcdefABCDEF-", min_size=30, max_size=38))
def test_guids_are_read_as_the_reference_reads_them(text: str) -> None:
    operator = OPERATORS["guidequals"]
    same = Comparison(Attribute(AttributeSource.REQUEST, "a"), operator, Constants((GUIDS[0],)))
    known = Facts("a", (), {AttributeSource.REQUEST: {"a": text}})
    assert (condition_outcome(same, known) is None) is (read_guid(text) is None)


@settings(max_examples=400)
@given(trees, facts, st.sampled_from(WORDS[1:]), st.lists(st.sampled_from(WORDS), min_size=1))
def test_what_is_told_of_a_beginning_is_so_of_every_text_that_begins_so(
    tree: Node, known: Facts, beginning: str, ends: list[str]
) -> None:
    """A listing by prefix is let through only where each thing that it lists would be."""

    def told(value: str | Beginning) -> bool | None:
        request = {**known.attributes.get(AttributeSource.REQUEST, {}), "a": value}
        attributes = {**known.attributes, AttributeSource.REQUEST: request}
        return compiled(tree)(Facts(known.action, known.sub_operations, attributes, known.complete))

    of_all = told(Beginning(beginning))
    assert of_all is None or all(told(beginning + end) is of_all for end in ends)
