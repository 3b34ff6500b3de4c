"""The parts of a choice: the table row by row, environments in names, stems, what is known of a resource."""

from __future__ import annotations

import pytest

from keyless.plan.identities.environments import environment_in, environment_named, tagged
from keyless.plan.identities.proposed import common_stem
from keyless.plan.identities.table import ROWS, Outcome, decide, may_share
from keyless.plan.results.identities import IdentityRule as R


@pytest.mark.parametrize(
    ("facts", "outcome", "rules"),
    [
        ({R.ONLY_SYSTEM_ASSIGNED, R.EPHEMERAL}, Outcome.SYSTEM, (R.ONLY_SYSTEM_ASSIGNED,)),
        ({R.AUDIT_PER_RESOURCE, R.EPHEMERAL}, Outcome.ALONE, (R.AUDIT_PER_RESOURCE, R.EPHEMERAL)),
        ({R.LIFECYCLE_WITH_RESOURCE, R.WORKS_AS_IT_IS}, Outcome.SYSTEM, (R.LIFECYCLE_WITH_RESOURCE,)),
        ({R.SAME_PERMISSIONS, R.EPHEMERAL}, Outcome.SHARED, (R.SAME_PERMISSIONS,)),
        ({R.SEPARATE_APPROVAL, R.WORKS_AS_IT_IS}, Outcome.ALONE, (R.SEPARATE_APPROVAL,)),
        ({R.WORKS_AS_IT_IS, R.INSTANCES_COME_AND_GO}, Outcome.AS_IT_IS, (R.WORKS_AS_IT_IS,)),
        ({R.INSTANCES_COME_AND_GO}, Outcome.ALONE, (R.INSTANCES_COME_AND_GO,)),
        (set(), Outcome.SYSTEM, (R.OWN_PERMISSIONS,)),
    ],
)
def test_every_row_of_the_table_decides_before_those_below_it(facts, outcome, rules):
    assert decide(facts) == (outcome, tuple(sorted(rules)))


def test_the_last_row_always_applies():
    assert ROWS[-1].where == ()


@pytest.mark.parametrize("fact", [R.AUDIT_PER_RESOURCE, R.LIFECYCLE_WITH_RESOURCE, R.ONLY_SYSTEM_ASSIGNED])
def test_who_must_have_its_own_shares_nothing(fact):
    assert not may_share({fact, R.REPLICATED})
    assert may_share({R.REPLICATED})


@pytest.mark.parametrize(
    ("names", "environment"),
    [
        (("rg-orders-prod", "web"), "production"),
        (("orders", "web_DEV2"), "development"),
        (("rg-orders", "web"), ""),
        (("products", "developer"), ""),
        (("rg-test-prod", "web-dev"), ""),
        (("rg-uat", "web-prod"), "acceptance"),
    ],
)
def test_an_environment_is_a_whole_word_of_the_first_name_that_tells_one(names, environment):
    assert environment_in(names) == environment


@pytest.mark.parametrize(
    ("text", "name"), [(" PRD ", "production"), ("Blue  Team", "blue team"), ("stg", "staging")]
)
def test_spellings_of_one_environment_are_one(text, name):
    assert environment_named(text) == name


def test_the_first_tag_that_is_there_and_says_something_counts():
    tags = {"ENV": " dev ", "Environment": ""}
    assert tagged(tags, ("environment", "env")) == "dev"
    assert tagged(tags, ("zone",)) == ""


@pytest.mark.parametrize(
    ("names", "stem"),
    [
        (["orders-web-1", "orders-web-2"], "orders-web"),
        (["orders-web", "orders-worker"], "orders"),
        (["web1", "web2"], "web"),
        (["north-orders", "south-orders"], "orders"),
        (["web", "worker"], ""),
        (["alpha", "alphabet"], ""),
        (["web"], "web"),
        (["a-1", "a-2"], ""),
    ],
)
def test_a_stem_is_what_names_have_in_common_in_whole_words(names, stem):
    assert common_stem(names) == stem
