"""Evaluating conditions: what holds, what does not, and what cannot be told and therefore never grants."""

from __future__ import annotations

import pytest

from keyless.authz.conditions import AttributeSource, Beginning, Facts, Outcome, Value, evaluate, parse
from keyless.authz.conditions.like import like

GUID = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
NOON = "2030-01-01T12:00:00Z"


def facts(**request: Value | None) -> Facts:
    return Facts("Contoso/things/read", (), {AttributeSource.REQUEST: request})


def outcome(text: str, known: Facts) -> Outcome:
    return evaluate(parse(text), known).outcome


def holds(text: str, **request: Value | None) -> bool:
    return evaluate(parse(text), facts(**request)).holds


@pytest.mark.parametrize(
    ("comparison", "value", "expected"),
    [
        ("StringEquals 'a'", "a", True),
        ("StringEquals 'a'", "A", False),
        ("StringEqualsIgnoreCase 'a'", "A", True),
        ("StringNotEquals 'a'", "b", True),
        ("StringNotEqualsIgnoreCase 'a'", "A", False),
        ("StringStartsWith 'ap'", "apple", True),
        ("StringNotStartsWith 'ap'", "apple", False),
        ("StringStartsWithIgnoreCase 'AP'", "apple", True),
        ("StringEndsWith 'le'", "apple", True),
        ("StringNotContains 'ppl'", "apple", False),
        ("StringLike 'a*c?'", "abcd", True),
        ("StringLike 'A*C?'", "abcd", False),
        ("StringLike 'a*c'", "abcd", False),
        ("StringNotLike 'a*c'", "abcd", True),
        ("NumericEquals 3", 3, True),
        ("NumericNotEquals 3", 3, False),
        ("NumericLessThan 3", 3, False),
        ("NumericLessThanEquals 3", 3, True),
        ("NumericGreaterThan 3", 4, True),
        ("NumericGreaterThanEquals 3", 2, False),
        ("BoolEquals true", True, True),
        ("BoolNotEquals true", True, False),
        (f"GuidEquals {GUID.upper()}", GUID.replace("-", ""), True),
        (f"GuidNotEquals {GUID}", GUID, False),
        ("DateTimeEquals '2030-01-01T12:00:00Z'", NOON, True),
        ("DateTimeNotEquals '2030-01-01T12:00:00Z'", "2030-01-01T12:00:00.0000001Z", True),
        ("DateTimeLessThan '2030-01-01T12:00:00Z'", NOON, False),
        ("DateTimeGreaterThanEquals '2030-01-01T12:00:00Z'", NOON, True),
    ],
)
def test_an_operator_compares_as_documented(comparison: str, value: Value, expected: bool) -> None:
    assert holds(f"@Request[a] {comparison}", a=value) is expected


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [
        ("{'red', 'blue'} ForAnyOfAnyValues:StringEquals {'blue', 'green'}", True),
        ("{'red', 'blue'} ForAnyOfAnyValues:StringEquals {'orange', 'green'}", False),
        ("{'red', 'blue'} ForAllOfAnyValues:StringEquals {'orange', 'red', 'blue'}", True),
        ("{'red', 'blue'} ForAllOfAnyValues:StringEquals {'red', 'green'}", False),
        ("{10, 20} ForAnyOfAllValues:NumericLessThan {15, 18}", True),
        ("{10, 20} ForAllOfAllValues:NumericLessThan {5, 15, 18}", False),
        ("{10, 20} ForAllOfAllValues:NumericLessThan {25, 30}", True),
        ("{10, 20} ForAllOfAllValues:NumericLessThan {15, 25, 30}", False),
    ],
)
def test_the_quantifiers_mean_what_azures_examples_say(comparison: str, expected: bool) -> None:
    assert holds(comparison) is expected


@pytest.mark.parametrize("quantifier", ["ForAnyOfAny", "ForAllOfAny", "ForAnyOfAll", "ForAllOfAll"])
def test_an_attribute_with_one_value_is_quantified_as_a_set_of_one(quantifier: str) -> None:
    every = quantifier.endswith("All")
    assert holds(f"@Request[a] {quantifier}Values:StringEquals {{'x', 'y'}}", a="x") is not every
    assert holds(f"@Request[a] {quantifier}Values:StringNotEquals {{'x', 'y'}}", a="z")


def test_an_action_is_matched_as_a_roles_pattern_is() -> None:
    assert holds("ActionMatches{'contoso/THINGS/*'}")
    assert holds("ActionMatches{'Contoso/other', 'Contoso/things/read'}")
    assert not holds("ActionMatches{'Contoso/things'}")


def test_a_sub_operation_is_matched_and_an_action_without_any_matches_none() -> None:
    listing = Facts("a", ("Blob.List",))
    assert evaluate(parse("SubOperationMatches{'blob.list'}"), listing).holds
    assert evaluate(parse("SubOperationMatches{'Blob.*'}"), listing).holds
    assert holds("NOT SubOperationMatches{'Blob.List'}")
    old = "@Request[subOperation] ForAnyOfAnyValues:StringEqualsIgnoreCase {'Blob.List'}"
    assert evaluate(parse(old), listing).holds
    assert holds(f"!({old})")


def test_names_of_attributes_compare_without_case_but_a_marked_tags_key_with_it() -> None:
    assert holds("@request[NAME] StringEquals 'x'", name="x")
    known = Facts("a", (), {AttributeSource.RESOURCE: {"C/Tags:Key<$key_case_sensitive$>": "x"}})
    assert evaluate(parse("@Resource[c/tags:Key<$key_case_sensitive$>] StringEquals 'x'"), known).holds
    assert outcome("@Resource[C/Tags:key<$key_case_sensitive$>] StringEquals 'x'", known) is Outcome.UNKNOWN


def test_the_same_name_of_another_source_is_another_attribute() -> None:
    assert outcome("@Resource[a] StringEquals 'x'", facts(a="x")) is Outcome.UNKNOWN


@pytest.mark.parametrize("comparison", ["StringEquals 'x'", "StringNotEquals 'x'", "NumericNotEquals 1"])
@pytest.mark.parametrize("value", [None, "missing"])
def test_an_attribute_without_a_value_makes_neither_a_comparison_nor_its_negation_true(
    comparison: str, value: str | None
) -> None:
    known = facts(a=None) if value is None else facts()
    for text in (f"@Request[a] {comparison}", f"!(@Request[a] {comparison})"):
        assert outcome(text, known) is Outcome.UNKNOWN
        assert not evaluate(parse(text), known).holds


@pytest.mark.parametrize(
    ("comparison", "value"),
    [
        ("StringEquals 'x'", 3),
        ("StringNotEquals '3'", 3),
        ("StringEqualsIgnoreCase 'TRUE'", True),
        ("NumericEquals 1", True),
        ("NumericEquals 1", 1.0),
        ("NumericEquals 1", "1"),
        ("BoolEquals true", 1),
        ("BoolEquals true", "true"),
        (f"GuidNotEquals {GUID}", "web"),
        (f"GuidNotEquals {GUID}", 3),
        ("DateTimeGreaterThan '2020-01-01T00:00:00Z'", "2030-01-01"),
        ("DateTimeGreaterThan '2020-01-01T00:00:00Z'", 5),
    ],
)
def test_a_value_of_a_wrong_type_cannot_be_evaluated(comparison: str, value: Value) -> None:
    for text in (f"@Request[a] {comparison}", f"NOT @Request[a] {comparison}"):
        assert outcome(text, facts(a=value)) is Outcome.UNKNOWN


def test_several_values_without_a_quantifier_cannot_be_evaluated() -> None:
    assert outcome("@Request[a] StringNotEquals 'x'", facts(a=("y", "z"))) is Outcome.UNKNOWN
    assert holds("@Request[a] StringEquals 'x'", a=("x",))


def test_what_is_true_of_nothing_only_because_it_is_nothing_cannot_be_evaluated() -> None:
    assert outcome("@Request[a] ForAllOfAnyValues:StringEquals {'x'}", facts(a=())) is Outcome.UNKNOWN
    assert outcome("@Request[a] ForAnyOfAnyValues:StringEquals {'x'}", facts(a=())) is Outcome.FALSE
    both = "@Request[a] ForAnyOfAllValues:StringEquals @Request[b]"
    assert outcome(both, facts(a="x", b=())) is Outcome.UNKNOWN


def test_of_several_values_one_of_a_wrong_type_decides_only_where_it_could_change_the_outcome() -> None:
    text = "@Request[a] ForAnyOfAnyValues:StringEquals {'x'}"
    assert outcome(text, facts(a=("x", 3))) is Outcome.TRUE
    assert outcome(text, facts(a=("y", 3))) is Outcome.UNKNOWN


def test_exists_tells_no_value_from_a_value_that_is_not_known() -> None:
    assert holds("Exists @Request[a]", a="x")
    assert holds("NOT Exists @Request[a]", a=None)
    assert holds("NOT Exists @Request[a]", a=())
    assert outcome("NOT Exists @Request[a]", facts()) is Outcome.UNKNOWN
    complete = Facts("a", complete=frozenset({AttributeSource.REQUEST}))
    assert evaluate(parse("NOT Exists @Request[a]"), complete).holds
    assert outcome("NOT Exists @Resource[a]", complete) is Outcome.UNKNOWN


def test_an_unknown_part_settles_nothing_that_another_part_settles() -> None:
    unknown, true, false = "@Request[z] StringEquals 'x'", "Exists @Request[a]", "NOT Exists @Request[a]"
    known = facts(a="x")
    assert outcome(f"{unknown} OR {true}", known) is Outcome.TRUE
    assert outcome(f"{unknown} AND {false}", known) is Outcome.FALSE
    assert outcome(f"{unknown} OR {false}", known) is Outcome.UNKNOWN
    assert outcome(f"{unknown} AND {true}", known) is Outcome.UNKNOWN
    assert outcome(f"NOT ({unknown} AND {true})", known) is Outcome.UNKNOWN


def test_characters_beyond_ascii_never_pass_for_ascii_whatever_the_case() -> None:
    assert not holds("@Request[a] StringEqualsIgnoreCase 'kiss'", a="\u212aiss")  # the kelvin sign
    assert not holds("@Request[a] StringEqualsIgnoreCase 'sass'", a="\u017fass")  # the long s
    assert not holds("@Request[a] StringEqualsIgnoreCase 'strasse'", a="straße")
    assert not holds("@Request[a] StringEqualsIgnoreCase 'info'", a="ınfo")
    assert holds("@Request[a] StringEqualsIgnoreCase 'ÄRGER'", a="ärger")


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [
        ("StringStartsWith 'web:'", Outcome.TRUE),
        ("StringStartsWith 'web:a'", Outcome.TRUE),
        ("StringStartsWith 'web:ab'", Outcome.UNKNOWN),
        ("StringStartsWith 'api'", Outcome.FALSE),
        ("StringNotStartsWith 'api'", Outcome.TRUE),
        ("StringNotStartsWith 'web'", Outcome.FALSE),
        ("StringStartsWithIgnoreCase 'WEB'", Outcome.TRUE),
        ("StringLike 'web:*'", Outcome.TRUE),
        (r"StringLike 'w\\eb*'", Outcome.FALSE),
        ("StringLike 'web:*z'", Outcome.UNKNOWN),
        ("StringNotLike 'api*'", Outcome.TRUE),
        ("StringEquals 'web:abc'", Outcome.UNKNOWN),
        ("StringEquals 'web'", Outcome.FALSE),
        ("StringNotEquals 'api'", Outcome.TRUE),
        ("StringContains 'eb'", Outcome.TRUE),
        ("StringContains 'x'", Outcome.UNKNOWN),
        ("StringEndsWith 'a'", Outcome.UNKNOWN),
        ("StringEndsWith ''", Outcome.TRUE),
        ("NumericEquals 1", Outcome.UNKNOWN),
        ("ForAnyOfAnyValues:StringStartsWith {'api:', 'web:'}", Outcome.TRUE),
        ("ForAnyOfAnyValues:StringEquals {'web:a', 'web:b'}", Outcome.UNKNOWN),
        ("ForAllOfAllValues:StringNotEquals {'x', 'y'}", Outcome.TRUE),
    ],
)
def test_of_a_listing_by_prefix_is_told_what_is_true_of_all_that_it_lists(
    comparison: str, expected: Outcome
) -> None:
    assert outcome(f"@Request[a] {comparison}", facts(a=Beginning("web:a"))) is expected


def test_a_beginning_exists_and_no_value_is_compared_to_one() -> None:
    assert holds("Exists @Request[a]", a=Beginning("web"))
    both = "@Request[a] StringNotEquals @Request[b]"
    assert outcome(both, facts(a="x", b=Beginning("web"))) is Outcome.UNKNOWN


def test_a_pattern_with_many_stars_takes_no_time_to_fail() -> None:
    assert not like("*a" * 2000 + "b", "a" * 20_000)
    assert like("*a" * 2000, "a" * 20_000)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"a\*b", "a*b", True),
        (r"a\*b", "axb", False),
        (r"a\?", "a?", True),
        (r"a\\*", "a\\bc", True),
        (r"a\b", r"a\b", True),
        ("*", "", True),
        ("**", "x\ny", True),
        ("a*a", "a", False),
        ("?", "", False),
        ("*b*", "abc", True),
        ("*x*", "abc", False),
        ("b*", "abc", False),
    ],
)
def test_wildcards_and_their_escapes(pattern: str, text: str, expected: bool) -> None:
    assert like(pattern, text) is expected


def test_a_verdict_tells_of_every_clause_its_text_its_values_and_its_outcome() -> None:
    both = "@Request[a] StringStartsWith 'web' AND @Request[b] NumericEquals 1"
    text = f"!(ActionMatches{{'Contoso/things/read'}}) OR ({both})"
    verdict = evaluate(parse(text), facts(a="web-1", b="one"))
    assert not verdict.holds
    action, name, number = verdict.clauses
    assert [each.outcome for each in verdict.clauses] == [Outcome.TRUE, Outcome.TRUE, Outcome.UNKNOWN]
    assert action.text == "ActionMatches{'Contoso/things/read'}"
    assert text[name.start : name.end] == name.text == "@Request[a] StringStartsWith 'web'"
    assert [(found.attribute, found.values) for found in name.found] == [("@Request[a]", ("web-1",))]
    assert name.reason is None
    assert number.reason == "`@Request[b]` is not a whole number, which `NumericEquals` compares"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("@Request[z] StringEquals 'x'", "`@Request[z]` is not known here"),
        ("@Request[none] StringEquals 'x'", "`@Request[none]` has no value"),
        ("@Request[empty] ForAllOfAnyValues:StringEquals {'x'}", "`@Request[empty]` has no value"),
        (
            "@Request[two] StringEquals 'x'",
            "`@Request[two]` has 2 values, of which `StringEquals` needs a quantifier",
        ),
        ("Exists @Request[z]", "whether `@Request[z]` has a value is not known here"),
    ],
)
def test_a_clause_that_could_not_be_evaluated_says_why(text: str, reason: str) -> None:
    (clause,) = evaluate(parse(text), facts(none=None, empty=(), two=("x", "y"))).clauses
    assert clause.reason == reason
