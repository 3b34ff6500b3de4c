"""Reading conditions: what is one, what it is read as, and where a text stops being one."""

from __future__ import annotations

import pytest

from keyless.authz.conditions import AttributeSource, ConditionError, parse
from keyless.authz.conditions.moments import read_moment, write_moment
from keyless.authz.conditions.operators import OPERATORS, Quantifier
from keyless.authz.conditions.parser import MOST_BYTES, MOST_NESTED, parse_tree
from keyless.authz.conditions.printing import write_tree
from keyless.authz.conditions.tree import (
    ActionMatches,
    And,
    Attribute,
    Comparison,
    Constants,
    Exists,
    Not,
    Or,
    SubOperationMatches,
)
from keyless.catalog.roles import built_in_roles, unlisted_roles

A = "@Request[a] StringEquals 'x'"
READ = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
NAME = Attribute(AttributeSource.RESOURCE, "Microsoft.Storage/storageAccounts/blobServices/containers:name")


def compared(name: str, *values: str | int, quantifier: Quantifier | None = None) -> Comparison:
    left = Attribute(AttributeSource.REQUEST, "a")
    return Comparison(left, OPERATORS[name.casefold()], Constants(values), quantifier)


def refused(text: str) -> ConditionError:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    return caught.value


def test_the_form_that_azure_documents_is_read_as_it_is_meant() -> None:
    text = f"""(
        ( !(ActionMatches{{'{READ}'}} AND NOT SubOperationMatches{{'Blob.List'}}) )
        OR
        ( {NAME} StringEquals 'web' )
    )"""
    guard = Not(And((ActionMatches((READ,)), Not(SubOperationMatches(("Blob.List",))))))
    web = Comparison(NAME, OPERATORS["stringequals"], Constants(("web",)))
    assert parse_tree(text) == Or((guard, web))


CONDITIONS = [
    block.condition
    for role in (*built_in_roles(), *unlisted_roles())
    for block in role.permissions
    if block.condition is not None
]


def test_the_built_in_roles_have_conditions() -> None:
    assert len(CONDITIONS) >= 29


@pytest.mark.parametrize("text", CONDITIONS)
def test_every_condition_of_a_built_in_role_is_read_and_written_back_as_the_same(text: str) -> None:
    tree = parse_tree(text)
    assert parse_tree(write_tree(tree)) == tree
    assert parse(text).attributes


@pytest.mark.parametrize("text", ["a && b", "a AND b", "a and b", "a\n  AnD\tb"])
def test_and_is_read_in_either_spelling_and_any_case(text: str) -> None:
    text = text.replace("a", A, 1).replace(" b", f" {A}").replace("\tb", f"\t{A}")
    assert parse_tree(text) == And((compared("StringEquals", "x"),) * 2)


def test_or_and_not_are_read_in_either_spelling() -> None:
    both = Or((Not(compared("StringEquals", "x")), Not(compared("StringEquals", "x"))))
    assert parse_tree(f"!{A} || not ({A})") == parse_tree(f"NOT {A} OR !({A})") == both


def test_not_binds_more_closely_than_and() -> None:
    assert parse_tree(f"NOT {A} AND {A}") == And(
        (Not(compared("StringEquals", "x")), compared("StringEquals", "x"))
    )


def test_parentheses_that_group_nothing_leave_no_trace() -> None:
    assert parse_tree(f"(({A}))") == compared("StringEquals", "x")


def test_and_with_or_needs_parentheses_as_azure_asks() -> None:
    error = refused(f"{A} AND {A} OR {A}")
    assert "ambiguous" in error.message
    assert error.text[error.position :].startswith("OR")
    assert parse(f"({A} AND {A}) OR {A}")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("StringEquals 'a b'", compared("StringEquals", "a b")),
        (r"StringEquals 'it\'s'", compared("StringEquals", "it's")),
        (r"StringLike 'a\*\\'", compared("StringLike", "a\\*\\")),
        ("stringnotlikeignorecase 'A'", compared("StringNotLikeIgnoreCase", "A")),
        ("NumericLessThanEquals -3", compared("NumericLessThanEquals", -3)),
        ("NumericEquals '10'", compared("NumericEquals", 10)),
        ("boolequals TRUE", compared("BoolEquals", True)),
        ("BoolNotEquals 'false'", compared("BoolNotEquals", False)),
        (
            "GuidEquals ACDD72A7-3385-48ef-bd42-f606fba81ae7",
            compared("GuidEquals", "acdd72a7338548efbd42f606fba81ae7"),
        ),
        (
            "GuidEquals 'acdd72a7338548efbd42f606fba81ae7'",
            compared("GuidEquals", "acdd72a7338548efbd42f606fba81ae7"),
        ),
        ("DateTimeEquals '1970-01-01T00:00:01.0000005Z'", compared("DateTimeEquals", 10_000_005)),
        ("StringEquals {'one'}", compared("StringEquals", "one")),
        (
            "foranyofallvalues:NumericLessThan {1, 2}",
            compared("NumericLessThan", 1, 2, quantifier=Quantifier.ANY_OF_ALL),
        ),
    ],
)
def test_values_are_read_as_their_operator_compares_them(written: str, meant: Comparison) -> None:
    assert parse_tree(f"@Request[a] {written}") == meant


def test_either_side_may_be_an_attribute_or_values() -> None:
    red = parse_tree("{'red', 'blue'} ForAnyOfAnyValues:StringEquals @Request[a]")
    assert isinstance(red, Comparison)
    assert red.left == Constants(("red", "blue"))
    other = parse_tree(f"@Request[a] StringEquals {NAME}")
    assert isinstance(other, Comparison)
    assert other.right == NAME


def test_a_tag_keeps_what_stands_between_its_brackets() -> None:
    name = (
        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags:Project X<$key_case_sensitive$>"
    )
    assert parse_tree(f"Exists @Resource[ {name} ]") == Exists(Attribute(AttributeSource.RESOURCE, name))


def test_a_condition_says_which_attributes_it_looks_at_once_each_and_whether_time_is_one() -> None:
    condition = parse(f"({A} OR @Resource[b] StringEquals @Request[A]) AND Exists @Principal[c]")
    assert [str(each) for each in condition.attributes] == ["@Request[a]", "@Resource[b]", "@Principal[c]"]
    assert not condition.uses_time
    assert parse("@Environment[utcnow] DateTimeGreaterThan '2030-01-01T00:00:00Z'").uses_time


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("", "", "expected a clause"),
        ("  ", "", "the condition ends here"),
        ("(", "", "the condition ends here"),
        (f"({A}", "", "expected `)`"),
        (f"{A} {A}", "@Request[a] StringEquals 'x'", "expected AND, OR or the end"),
        (f"{A} AND", "", "expected a clause"),
        (f"{A})", ")", "expected AND, OR or the end"),
        ("@Reqest[a] StringEquals 'x'", "@Reqest", "did you mean `@Request`?"),
        ("@User[a] StringEquals 'x'", "@User", "there are `@Request`, `@Resource`"),
        ("@Request StringEquals 'x'", " String", "expected `[`"),
        ("@Request[] StringEquals 'x'", "] String", "expected an attribute's name"),
        ("@Request[a StringEquals 'x'", "[a", "expected `]`"),
        ("@Request[a StringEquals 'x]'", "[a", "expected `]`"),
        ("@Request[a]", "", "expected an operator"),
        ("@Request[a] StrngEquals 'x'", "Strng", "did you mean `StringEquals`?"),
        ("@Request[a] ForAnyOfAnyValue:StringEquals 'x'", "ForAny", "did you mean `ForAnyOfAnyValues`?"),
        ("@Request[a] ForAnyOfAnyValues StringEquals 'x'", "StringEquals", "expected `:`"),
        ("@Request[a] = 'x'", "=", "`=` cannot stand here"),
        ("@Request[a] StringEquals", "", "expected a value"),
        ("@Request[a] StringEquals x", "x", "expected a value"),
        ('@Request[a] StringEquals "x"', '"x"', "single quotes"),
        ("@Request[a] StringEquals 'x", "'x", "this quote is not closed"),
        ("@Request[a] StringEquals 10", "10", "expected text in single quotes"),
        ("@Request[a] NumericEquals 1.5", "1.5", "expected a whole number"),
        ("@Request[a] NumericEquals 9223372036854775808", "922", "of 64 bits"),
        ("@Request[a] GuidEquals 'web'", "'web'", "expected a GUID"),
        ("@Request[a] BoolEquals 'yes'", "'yes'", "expected `true` or `false`"),
        ("@Request[a] DateTimeEquals '2030-01-01'", "'2030", "expected a moment"),
        ("@Request[a] DateTimeEquals '2030-02-30T00:00:00Z'", "'2030", "expected a moment"),
        ("@Request[a] StringEquals {'x', 'y'}", "{'x'", "ForAnyOfAnyValues:StringEquals"),
        ("@Request[a] ForAnyOfAnyValues:StringEquals {}", "}", "expected a value in the set"),
        ("@Request[a] ForAnyOfAnyValues:StringEquals {'x' 'y'}", "'y'", "expected `}`"),
        ("ActionMatch{'x'}", "ActionMatch", "did you mean `ActionMatches`?"),
        ("ActionMatches 'x'", "'x'", "expected `{` after `ActionMatches`"),
        ("ActionMatches{true}", "true", "in single quotes"),
        ("Exists 'x'", "'x'", "expected an attribute after `Exists`"),
        ("Resource[x] StringEquals 'a'", "Resource", "did you mean `@Resource`?"),
        (f"{A}\u00a0AND {A}", "\u00a0", "U+00A0"),
    ],
)
def test_an_error_points_at_the_character_and_says_what_was_expected(text: str, at: str, says: str) -> None:
    error = refused(text)
    assert says in error.message
    assert error.position == (text.rindex(at) if at else len(text))


def test_an_error_shows_its_line_with_a_caret_under_the_character() -> None:
    error = refused("(\n  @Request[a] StrngEquals 'x'\n)")
    assert (error.line, error.column) == (2, 15)
    message, shown, caret = error.render().split("\n")
    assert message == error.message
    assert shown[caret.index("^") :].startswith("StrngEquals")
    assert str(error).endswith("(line 2, column 15)")


def test_an_error_in_a_long_line_shows_the_part_that_helps() -> None:
    error = refused(f"{A} AND {A} AND {A} AND {A} ANDD {A} AND {A} AND {A}")
    _, shown, caret = error.render().split("\n")
    assert shown[caret.index("^") :].startswith("ANDD")
    assert shown.strip().startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 120


def test_a_condition_of_more_than_8_kb_is_refused() -> None:
    assert parse(f"@Request[a] StringEquals '{'x' * (MOST_BYTES - 27)}'")
    assert "at most 8192 bytes" in refused(f"@Request[a] StringEquals '{'x' * (MOST_BYTES - 26)}'").message
    assert "at most 8192 bytes" in refused(f"@Request[a] StringEquals '{'ü' * (MOST_BYTES // 2)}'").message


@pytest.mark.parametrize("opening", ["(", "!", "NOT ", "!("])
def test_nesting_beyond_its_limit_is_refused_and_never_crashes(opening: str) -> None:
    assert "deep" in refused(opening * (MOST_BYTES // 8)).message
    closing = ")" * (MOST_NESTED // len(opening)) if "(" in opening else ""
    assert parse(opening * (MOST_NESTED // max(1, len(opening.strip()))) + A + closing)


def test_moments_are_exact_to_100_ns_on_both_sides_of_1970() -> None:
    for text in (
        "2022-06-01T23:38:32.8883645Z",
        "1969-12-31T23:59:59.9999999Z",
        "0001-01-01T00:00:00.0000000Z",
    ):
        moment = read_moment(text)
        assert moment is not None
        assert write_moment(moment) == text
    assert read_moment("2022-06-01T23:38:32+00:00") is None
