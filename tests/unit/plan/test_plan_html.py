from __future__ import annotations

import base64
import hashlib
import html
import re
from html.parser import HTMLParser

import msgspec
import pytest
from plan_worlds import GET, GROUP, READER, SUBSCRIPTION, saw

from keyless.html.markup import element, prose, text
from keyless.model.roles import RoleAssignment
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.reports.html.graph import MOST_EDGES, MOST_NODES, State, grants_of, graph_of
from keyless.plan.reports.html.page import html_text
from keyless.plan.result import Plan
from plan_pages_made import HISTORY, HOSTILE, PLAN, renamed
from plans_made import planned

VOID = {"meta", "input", "br"}


class Outline(HTMLParser):
    """The tags of a page in order, its text, and whether they are well nested."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.nested = True
        self.feed(page)
        self.close()
        self.nested = self.nested and not self._open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        self.nested = bool(self._open) and self._open.pop() == tag and self.nested

    def handle_data(self, data):
        self.words.append(data)

    def handle_comment(self, data):
        self.nested = False


PAGE = html_text(PLAN, HISTORY)
OUTLINE = Outline(PAGE)


def attributes(name):
    return [given[name] for _, given in OUTLINE.tags if name in given]


def test_the_page_is_well_formed_and_whole():
    assert PAGE.startswith('<!doctype html>\n<html lang="en">')
    assert OUTLINE.nested
    ids = attributes("id")
    assert len(ids) == len(set(ids))
    assert {one[1:] for one in attributes("href")} <= set(ids)
    assert set(attributes("for")) <= set(ids)


def test_nothing_is_loaded_and_nothing_runs_from_an_attribute():
    assert not attributes("src")
    assert all(one.startswith("#") for one in attributes("href"))
    names = {name for _, given in OUTLINE.tags for name in given}
    assert not {name for name in names if name.startswith("on")}
    assert "style" not in names
    assert {"link", "iframe", "img", "object", "base", "form"}.isdisjoint({tag for tag, _ in OUTLINE.tags})


def test_the_policy_allows_the_style_and_the_script_of_the_page_and_nothing_else():
    (policy,) = [given["content"] for _, given in OUTLINE.tags if "http-equiv" in given]
    assert policy.startswith("default-src 'none'; ")
    for name in ("style", "script"):
        (content,) = re.findall(f"<{name}>(.*?)</{name}>", PAGE, re.S)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_the_sections_are_there_and_those_that_are_empty_are_not():
    for title in (
        "Who can reach what",
        "Identities",
        "Role assignments",
        "To remove",
        "Secrets and settings",
        "Custom roles to make",
        "Authentication that stays for now",
        "How sure this is",
        "Proof",
    ):
        assert f"<h2>{title} " in PAGE
    assert "Roles in place of access policies" not in PAGE
    assert "<h2>Score" not in html_text(PLAN)
    assert Outline(html_text(Plan())).nested


def test_near_groups_and_proposed_roles_are_told_with_their_numbers():
    assert "sites orders-web (+0), " in PAGE
    assert ": 2 permissions in common, 1 assignment fewer. " in PAGE
    assert "what it grants</summary><ul><li><code>Microsoft.KeyVault/vaults/secrets/getSecret" in PAGE


def test_what_is_not_certain_is_not_said_to_be_removed():
    assert "− remove" in PAGE
    assert "? decide" in PAGE


def test_the_picture_and_the_table_say_the_same():
    grants = grants_of(PLAN)
    graph = graph_of(PLAN)
    assert sum(len(one.grants) for one in graph.edges) == len(grants)
    for one in grants:
        assert html.escape(one.role) in PAGE
    table = PAGE.split('<table aria-label="Who can reach what"')[1].split("</table>")[0]
    assert table.count("<tr>") == len(grants) + 1


def test_every_grant_of_today_and_of_the_plan_has_a_state():
    states = {(one.principal.name, one.role): one.state for one in grants_of(PLAN)}
    assert states["web", "Key Vault Administrator"] is State.REMOVED
    assert states["web", "Key Vault Secrets User"] is State.KEPT
    assert states["worker", "Key Vault Secrets Officer"] is State.NEW
    assert states["legacy app", "Reader"] is State.UNSURE
    left = msgspec.structs.replace(PLAN, removals=())
    alone = {(one.principal.name, one.role): one.state for one in grants_of(left)}
    assert alone["web", "Key Vault Administrator"] is State.ALONE


def test_a_state_is_told_by_line_and_sign_as_well_as_by_colour():
    for kind, sign in (("new", "+ "), ("removed", "− ")):
        edges = [one for one in PAGE.split("<g ") if one.startswith(f'class="edge {kind}')]
        assert edges
        assert all(f">{sign}" in one for one in edges)
    assert "stroke-dasharray" in PAGE


def _many(number):
    subjects = [
        Subject(
            f"bbbbbbbb-0000-0000-0000-{at:012}",
            f"svc-{at}",
            SubjectKind.SYSTEM_ASSIGNED,
            f"{SUBSCRIPTION}/resourceGroups/rg-{at % 20}/providers/Microsoft.Web/sites/svc-{at}",
        )
        for at in range(number)
    ]
    vault = f"{SUBSCRIPTION}/resourceGroups/rg-{{}}/providers/Microsoft.KeyVault/vaults/kv-{{}}"
    seen = [saw(one, GET, vault.format(at % 20, at)) for at, one in enumerate(subjects)]
    current = [
        RoleAssignment("99999999-0000-0000-0000-000000000009", subjects[0].principal_id, READER, GROUP)
    ]
    return planned(subjects, seen, current)


def test_a_picture_with_hundreds_of_nodes_puts_them_together_and_counts_them():
    graph = graph_of(_many(150))
    assert graph.collapsed
    assert len(graph.principals) <= MOST_NODES
    assert len(graph.resources) <= MOST_NODES
    assert sum(len(one.grants) for one in graph.edges) == 151
    assert any(one.below.startswith("8 × ") for one in graph.principals)
    assert Outline(html_text(_many(60))).nested


def test_where_groups_are_too_many_the_small_ones_are_put_together_again():
    graph = graph_of(_many(60), most=10)
    assert len(graph.principals) <= 10
    assert len(graph.resources) <= 10
    assert "others" in {one.label.partition(":")[0] for one in graph.principals}
    assert sum(len(one.grants) for one in graph.edges) == 61


def test_where_edges_are_too_many_more_nodes_are_put_together():
    plan = _many(60)
    scopes = [one.scope for one in plan.assignments]
    crowded = [
        msgspec.structs.replace(one, scope=scope, id=f"{number}-{at}")
        for number, one in enumerate(plan.assignments)
        for at, scope in enumerate(scopes[:20])
    ]
    graph = graph_of(msgspec.structs.replace(plan, assignments=tuple(crowded), today=(), removals=()))
    assert len(graph.edges) <= MOST_EDGES
    assert sum(len(one.grants) for one in graph.edges) == 60 * 20


def test_a_small_picture_has_every_node_and_is_the_same_each_time():
    graph = graph_of(PLAN)
    assert not graph.collapsed
    assert [one.label for one in graph.principals] == [one.label for one in graph_of(PLAN).principals]
    assert html_text(PLAN, HISTORY) == PAGE


def test_nodes_stand_opposite_to_what_they_reach():
    """Each reaches one: then nothing crosses."""
    graph = graph_of(_many(12))
    left = {one.key: at for at, one in enumerate(graph.principals)}
    right = {one.key: at for at, one in enumerate(graph.resources)}
    ends = sorted(
        (left[one.source.key], right[one.target.key]) for one in graph.edges if len(one.grants) == 1
    )
    crossings = sum(a[1] > b[1] for at, a in enumerate(ends) for b in ends[at + 1 :] if a[0] < b[0])
    assert crossings <= 1


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_breaks_out_of_the_page(name):
    found, expected = Outline(html_text(renamed(PLAN, name), HISTORY)), Outline(html_text(renamed(PLAN, "x")))
    assert found.nested
    assert {tag for tag, _ in found.tags} == {tag for tag, _ in OUTLINE.tags}
    assert sum(tag == "script" for tag, _ in found.tags) == 1
    names = {each for _, given in found.tags for each in given}
    assert names == {each for _, given in OUTLINE.tags for each in given}
    shown = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in name)
    assert shown in "".join(found.words)
    assert len(expected.tags) <= len(found.tags)


def test_text_is_escaped_where_it_enters():
    assert text("a<b>\x00") == "a&lt;b&gt;\\x00"
    assert element("p", "a & b", title='"x"') == '<p title="&quot;x&quot;">a &amp; b</p>'
    assert element("input", checked=True, disabled=False, id=None) == "<input checked>"
    assert prose("`a<b` and c") == "<code>a&lt;b</code> and c"
    assert prose("`odd") == "`odd"


def test_the_history_of_each_number_is_drawn():
    charts = PAGE.split('class="charts"')[1]
    assert charts.count("<figure") == 7
    assert "excess permissions<strong>" in charts
    assert "since 2027-01-15" in charts
