"""Names that others chose are no commands to a runner, no links and no markup in any report."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest
from test_standing import TODAY

from assessed_made import key_rule, made
from keyless.assess.config import Config, Found
from keyless.assess.reports.html.page import html_text
from keyless.assess.reports.json import json_text
from keyless.assess.reports.junit import junit_text
from keyless.assess.reports.sarif import sarif_text
from keyless.assess.reports.terminal import report_text
from keyless.assess.run import run
from keyless.assess.target import Target
from keyless.model.visible import inert, inert_json, inert_markup

NAMES = (
    "::error title=x::y.py",
    "##vso[task.setvariable variable=PATH]x.py",
    "##[add-path]x.py",
    "a\u202egnp.py",
    "[click](https%3A).py",
    "<img src=x onerror=alert(1)>.py",
    "a%20b c.py",
)
_COMMANDS = re.compile(r"(?im)^\s*::|##\[|##vso\[")


@pytest.fixture
def texts(tmp_path, monkeypatch):
    root = made(tmp_path.resolve(), dict.fromkeys(NAMES, "KEY = 1\n"))
    made(root, {"b.py": "KEY from ::error title=x::y.py\n::set-output::KEY\n##vso[x]KEY\n"})
    rule = key_rule(root)
    monkeypatch.setattr("keyless.assess.run.rules", lambda: {rule.id: rule})
    ran = run(Target(root=root), Found(Config()), TODAY)
    return {
        "terminal": report_text(ran.report, ran.texts),
        "json": json_text(ran.report),
        "sarif": sarif_text(ran.report),
        "junit": junit_text(ran.report),
        "html": html_text(ran.report, ran.texts),
    }


def test_no_line_of_a_report_is_a_command_to_a_runner_or_turns_a_text_around(texts):
    for name, text in texts.items():
        assert _COMMANDS.search(text) is None, name
        assert "\u202e" not in text, name
        assert "<img" not in text or name in {"json", "sarif", "terminal"}, name


def test_what_is_read_back_still_has_the_names(texts):
    paths = {one["place"]["path"] for one in json.loads(texts["json"])["findings"]}
    assert paths >= set(NAMES)
    ET.fromstring(texts["junit"])
    log = json.loads(texts["sarif"])
    places = [
        one["locations"][0]["physicalLocation"]["artifactLocation"] for one in log["runs"][0]["results"]
    ]
    assert {"a%2520b%20c.py", "%5Bclick%5D%28https%253A%29.py"} <= {one["uri"] for one in places}
    assert all("](" not in one["message"]["text"] for one in log["runs"][0]["results"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  ::error::x", "  \\x3a:error::x"),
        ("a ##VSO[x]", "a #\\x23VSO[x]"),
        ("a::b ## [", "a::b ## ["),
        ("\u202e\x1b", "\\u202e\\x1b"),
    ],
)
def test_a_line_to_print_is_no_command(text, shown):
    assert inert(text) == shown


def test_json_and_markup_say_the_same_when_they_are_inert():
    said = {"a": "##vso[x] \u202e \U000e0001 é\n"}
    text = inert_json(json.dumps(said, ensure_ascii=False, indent=1))
    assert json.loads(text) == said
    assert "##vso" not in text
    assert "\\udb40\\udc01" in text
    assert inert_markup("<a>##[x]</a>") == "<a>#&#35;[x]</a>"
