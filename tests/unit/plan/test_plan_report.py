from __future__ import annotations

from plan_worlds import DELETE, GET, GROUP, LEGACY, READER, SECRETS_USER, STORE, VAULT, WEB, WORKER, saw
from rich.console import Console

from keyless.model.roles import RoleAssignment
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.reports.terminal import MOST_SHOWN, print_plan, report_text
from keyless.plan.result import Plan
from plans_made import planned

CURRENT = [RoleAssignment("99999999-0000-0000-0000-000000000000", WEB.principal_id, READER, GROUP)]
OBSERVED = [
    saw(WEB, GET, f"{VAULT}/secrets/db", count=1200),
    saw(WORKER, DELETE, VAULT),
    saw(LEGACY, "Contoso.Things/things/read", STORE),
]
PLAN = planned([WEB, WORKER, LEGACY], OBSERVED, CURRENT)


def test_the_report_says_who_gets_what_where_and_why():
    text = report_text(PLAN)
    assert text.startswith(
        "Plan: 2 role assignments for 2 identities, 1 action that no role grants, 1 assignment to remove\n"
    )
    assert "Key Vault Secrets User for web" in text
    assert f"used     {GET} (1,200 times)" in text
    assert "with less besides: 1 permission" in text.replace("\n   ", " ")
    assert "not covered: Contoso.Things/things/read for legacy app" in text
    assert "remove: Reader of web" in text
    assert "note: a new assignment can take 10 minutes" in text


def test_ids_are_whole_and_on_one_line_however_narrow_the_terminal():
    for width in (20, 40, 80, 200):
        lines = [line.strip() for line in report_text(PLAN, width=width).splitlines()]
        assert f"at       {VAULT}" in lines
        assert f"role     {SECRETS_USER}" in lines
        assert f"id       {CURRENT[0].id}" in lines
        assert any(line.startswith("identity") and WEB.resource_id in line for line in lines)


def test_no_line_of_prose_is_wider_than_the_terminal():
    text = report_text(PLAN, width=60)
    assert all(len(line) <= 60 for line in text.splitlines() if " " in line.strip() and "/" not in line)


def test_a_long_excess_is_cut_short_with_data_actions_first():
    lines = [line.split()[1] for line in report_text(PLAN).splitlines() if line.startswith("   excess")]
    officer = lines[1:]
    assert len(officer) == MOST_SHOWN
    assert officer[0].startswith("Microsoft.KeyVault/vaults/secrets/")
    assert officer[-1] == "and"
    assert "more, which the plan's JSON names" in report_text(PLAN)


def test_nothing_is_coloured_when_it_goes_into_a_pipe(capsys):
    print_plan(PLAN)
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert VAULT in out


def test_a_terminal_gets_colour(tmp_path):
    with (tmp_path / "out").open("w+") as file:
        print_plan(PLAN, Console(file=file, force_terminal=True, color_system="standard", width=100))
        file.seek(0)
        assert "\x1b[1m" in file.read()


def test_an_empty_plan_is_one_line():
    assert report_text(Plan()) == "Plan: 0 role assignments for 0 identities\n"


def test_names_that_look_like_markup_are_shown_as_they_are():
    odd = Subject("dddddddd-0000-0000-0000-000000000001", "[red]app[/red] :smile:", SubjectKind.APPLICATION)
    assert "for [red]app[/red] :smile:" in report_text(planned([odd], [saw(odd, GET, VAULT)]))


def test_no_name_can_steer_the_terminal():
    odd = Subject("dddddddd-0000-0000-0000-000000000001", "web\x1b[2J\rroot", SubjectKind.APPLICATION)
    text = report_text(planned([odd], [saw(odd, GET, VAULT)]))
    assert "\x1b" not in text
    assert "\r" not in text
    assert "web\\x1b[2J\\rroot" in text
