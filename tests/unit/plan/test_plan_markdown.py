from __future__ import annotations

import msgspec
import pytest
from markdown_it import MarkdownIt
from plan_worlds import DELETE, GET, GROUP, LEGACY, READER, STORE, VAULT, WEB, WORKER, saw

from keyless.model.roles import RoleAssignment
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.reports.markdown import MOST_CHARACTERS, markdown_text
from keyless.plan.reports.markup import code, plain, prose
from keyless.plan.reports.summary import changes, rows
from keyless.plan.result import Plan
from keyless.plan.results.identities import IdentityChange, IdentityPlan
from keyless.plan.score import score_of
from plan_pages_made import PLAN as FULL
from plans_made import planned

CURRENT = [RoleAssignment("99999999-0000-0000-0000-000000000000", WEB.principal_id, READER, GROUP)]
OBSERVED = [
    saw(WEB, GET, f"{VAULT}/secrets/db", count=1200),
    saw(WORKER, DELETE, VAULT),
    saw(LEGACY, "Contoso.Things/things/read", STORE),
]
PLAN = planned([WEB, WORKER, LEGACY], OBSERVED, CURRENT)

ATTACKS = (
    "<script>alert(1)</script>",
    "a|b",
    "`; rm -rf /",
    "``` \n# heading",
    "@octocat",
    "[click](https://example.org)",
    "![x](https://example.org/x.png)",
    "https://example.org",
    "www.example.org",
    "someone@example.org",
    "#1",
    "**bold** _it_ ~~gone~~",
    "</details>",
    "&lt;b&gt;",
    "\\",
    "\u202edetrevni",
    "- item\n- item",
    "1. one",
    "$x$",
)
OURS = ("<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>", "\n", "</summary>\n")


def rendered(text: str):
    """What a reader of Markdown with links without markup makes of it, as a flat list of tokens."""
    parser = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])
    flat = []
    for token in parser.parse(text):
        flat.append(token)
        flat.extend(token.children or ())
    return flat


def test_what_changes_comes_first_then_the_tables():
    text = markdown_text(PLAN)
    lines = text.splitlines()
    assert lines[0].startswith("## Keyless plan: 2 role assignments for 2 identities, 1 action that no role")
    assert "- Role assignments: 2 new, 0 kept, 1 to remove." in lines
    assert "| role assignments | 1 | 2 |" in lines
    assert text.index("### Role assignments") < text.index("### To remove") < text.index("<details>")
    assert "| **new** | `web` | `Key Vault Secrets User` | `vault contoso-orders` | 1 | 1 |  |" in lines


def test_the_same_plan_gives_the_same_text():
    again = planned([LEGACY, WORKER, WEB], list(reversed(OBSERVED)), CURRENT)
    assert markdown_text(PLAN) == markdown_text(again)


def test_an_empty_plan_has_no_empty_sections():
    assert "###" not in markdown_text(Plan())
    assert "<details>" not in markdown_text(Plan())


def test_a_plan_that_is_too_long_is_cut_and_says_how_much_is_missing():
    many = [
        Subject(f"bbbbbbbb-0000-0000-0000-{at:012}", f"worker-{at}", SubjectKind.APPLICATION)
        for at in range(900)
    ]
    plan = planned(many, [saw(one, GET, f"{VAULT}/secrets/db") for one in many])
    text = markdown_text(plan)
    assert len(text) <= MOST_CHARACTERS
    assert "more, which `--format json` has." in text
    shown = sum(line.startswith("| **new** | `worker-") for line in text.splitlines())
    cut = int(text.split("… and ")[1].split(" rows more")[0].replace(",", ""))
    assert shown + cut == 900
    assert text.count("<details>") == text.count("</details>")


@pytest.mark.parametrize("limit", [3000, 5000, 8000])
def test_every_limit_is_kept(limit):
    assert len(markdown_text(PLAN, limit=limit)) <= limit


@pytest.mark.parametrize("name", ATTACKS)
def test_no_name_becomes_markup(name):
    odd = Subject("dddddddd-0000-0000-0000-000000000001", name, SubjectKind.APPLICATION)
    plan = planned([odd], [saw(odd, GET, VAULT), saw(odd, "Contoso.Things/things/read", STORE)])
    plan = msgspec.structs.replace(plan, notes=(f"`{name}` did {name}", name))
    expected = rendered(markdown_text(plan_of_nobody(plan, name)))
    found = rendered(markdown_text(plan))
    assert [one.type for one in found if one.type not in INLINE] == [
        one.type for one in expected if one.type not in INLINE
    ]
    html = [one.content for one in found if one.type in {"html_block", "html_inline"}]
    assert all(tag in OURS for one in html for tag in _tags(one))


INLINE = {"text", "code_inline", "html_inline", "softbreak"}


def _tags(html: str) -> list[str]:
    import re

    return re.findall(r"</?[a-zA-Z][^>]*>", html)


def plan_of_nobody(plan: Plan, name: str) -> Plan:
    """The same plan with a harmless name."""
    text = msgspec.json.encode(plan).decode()
    escaped = msgspec.json.encode(name).decode()[1:-1]
    return msgspec.json.decode(text.replace(escaped, "plain"), type=Plan)


@pytest.mark.parametrize("name", ATTACKS)
def test_a_name_in_code_reads_as_it_is(name):
    inline = [one for one in rendered(f"| a |\n|---|\n| {code(name)} |") if one.type != "inline"]
    read = "".join(one.content for one in inline if one.type in {"text", "code_inline"})
    shown = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in name)
    assert read.removeprefix("a") == shown


def test_what_begins_a_mention_a_reference_or_a_link_is_parted_from_the_rest():
    text = plain("@octocat #12 https://example.org www.example.org someone@example.org")
    for start in ("@o", "#1", "://", "www.e", "@e"):
        assert start not in text


def test_sentences_keep_their_code():
    assert prose("`web` has `a|b` & more") == "`web` has <code>a&#124;b</code> &#38; more"
    assert prose("1. none") == "&#49;. none"
    assert prose("- none") == "&#45; none"


def test_the_history_of_the_score_is_drawn():
    first, last = score_of(Plan(), 0), score_of(PLAN, 86_400)
    line = next(one for one in markdown_text(PLAN, (first, last)).splitlines() if "excess permissions" in one)
    assert "▁█" in line
    assert f"+{last.excess:,}" in line


def test_what_is_proposed_what_stays_for_now_and_what_is_not_certain_is_told():
    text = markdown_text(FULL)
    assert "| `orders reader` | 77 | `Microsoft.KeyVault/vaults/secrets/getSecret/action` |" in text
    assert "| `legacy app` | client-secret | azure-arc | 2027-01-01 |" in text
    assert "<summary>Nearly the same needs (1)</summary>" in text
    assert "- Role assignments: 2 new, 1 kept, 1 to remove (1 more once you are sure)." in text
    assert "| once you are sure | `legacy app` | `Reader` |" in text


def test_what_is_not_certain_to_go_still_counts():
    planned_excess = {one.title: one.planned for one in rows(FULL)}["permissions beyond use"]
    sure = tuple(msgspec.structs.replace(one, certain=True) for one in FULL.removals)
    fewer = {one.title: one.planned for one in rows(msgspec.structs.replace(FULL, removals=sure))}
    reader = next(one for one in FULL.today if one.role_name == "Reader")
    assert planned_excess - fewer["permissions beyond use"] == reader.unused


def test_every_change_of_an_identity_has_a_word():
    choice = FULL.identities.choices[0]
    for one in IdentityChange:
        choices = (msgspec.structs.replace(choice, change=one),)
        assert changes(Plan(identities=IdentityPlan(choices=choices)))[0].startswith("Identities: 1 ")
