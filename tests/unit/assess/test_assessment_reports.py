"""What reports say of an assessment, in each format: whole, escaped, and without a value of a secret."""

from __future__ import annotations

import datetime
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import msgspec
import pytest

from assessed_made import committed, key_rule, made
from keyless.assess import run as running
from keyless.assess.config import Allowed, Config, Found
from keyless.assess.files.texts import Texts
from keyless.assess.reports.frames import frame
from keyless.assess.reports.html.page import html_text
from keyless.assess.reports.json import json_text
from keyless.assess.reports.junit import junit_text
from keyless.assess.reports.sarif import sarif_text
from keyless.assess.reports.terminal import report_text
from keyless.assess.rules.rule import Group
from keyless.assess.run import run
from keyless.assess.syntax.span import Place, Span
from keyless.assess.target import Target
from sarif_structure import LOG

TODAY = datetime.date(2026, 6, 1)
SCHEMA = Path(__file__).parents[3] / "docs" / "reference" / "assessment.schema.json"
SECRET = "Zq8xT3mV9bN2kLw7"
FILES = {
    "app/main.py": "x = 1\nclient = x  # KEY from app/infra.bicep\n",
    "app/infra.bicep": "var key = store.listKeys()\n",
    "old/a.py": "KEY\n",
    "naïve <b>&/\x1b[31mfile.yml": f"password: {SECRET}-hunter KEY\n",
    "broken.py": "\x00\x01" * 40,
}


@pytest.fixture
def ran(tmp_path, monkeypatch):
    """An assessment with everything in it: a flow, something allowed, a strange name, a file not read."""
    root = committed(tmp_path.resolve(), FILES)
    rules = [
        key_rule(root),
        key_rule(root, "vault-key", Group.VAULT),
        key_rule(root, "never", Group.IDENTITY),
    ]
    rules[2] = running.Rule(
        **{name: getattr(rules[2], name) for name in rules[2].__slots__} | {"check": lambda _: ()}
    )
    monkeypatch.setattr(running, "rules", lambda: {one.id: one for one in rules})
    entry = Allowed(
        rule="stored-key", path="old/", reason="leaves with the site", until=datetime.date(2026, 6, 11)
    )
    return run(Target(root=root), Found(Config(allow=(entry,)), "pyproject.toml", root), TODAY)


def every(ran) -> dict[str, str]:
    return {
        "terminal": report_text(ran.report, ran.texts),
        "json": json_text(ran.report),
        "sarif": sarif_text(ran.report),
        "junit": junit_text(ran.report),
        "html": html_text(ran.report, ran.texts),
    }


def test_no_report_shows_a_secret_or_lets_a_name_steer_a_terminal(ran):
    for name, text in every(ran).items():
        assert SECRET not in text, name
        assert "\x1b" not in text, name
        assert "main.py" in text, name
        assert "listKeys" in text, name


def test_the_terminal_shows_the_code_the_way_and_what_to_write_instead(ran):
    text = report_text(ran.report, ran.texts)
    assert "Stored credentials (2)" in text
    assert "app/main.py:2:15" in text
    assert re.search(r"2 \| client = x  # KEY from app/infra.bicep\n\s+\| {15}\^{24}", text)
    assert "1. app/infra.bicep:1:1  read with `listKeys`" in text
    assert "instead   BlobServiceClient(url, DefaultAzureCredential())" in text
    assert "role      Reader at `store`" in text
    assert "leaves with the site (until 2026-06-11, 10 days left)" in text
    assert "broken.py: it is no text" in text
    assert "exit code 3" in text
    assert "`keyless assess --fix`" in text


def test_json_is_valid_by_its_published_schema(ran):
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.validate(json.loads(json_text(ran.report)), schema)
    assert schema["$defs"]["Finding"]["description"].startswith("One departure")


def test_json_has_every_finding_with_its_status_and_is_the_same_each_time(ran):
    found = json.loads(json_text(ran.report))
    assert found["exitCode"] == 3
    assert not found["complete"]
    (flow,) = [one for one in found["findings"] if one["steps"] and one["rule"] == "stored-key"]
    assert flow["place"] == {"path": "app/main.py", "line": 2, "column": 15, "endLine": 2, "endColumn": 39}
    assert {one["status"] for one in found["findings"]} == {"open", "allowed"}
    (allowed,) = [one for one in found["findings"] if one["status"] == "allowed"]
    assert allowed["daysLeft"] == 10
    assert json_text(ran.report) == json_text(ran.report)


def test_every_report_says_where_else_a_credential_comes_from_apart_from_its_way(ran):
    (also,) = [one for found in json.loads(json_text(ran.report))["findings"] for one in found["also"]][:1]
    assert (also["place"]["path"], also["what"]) == ("app/main.py", "written here")
    (related,) = next(
        one["relatedLocations"]
        for one in json.loads(sarif_text(ran.report))["runs"][0]["results"]
        if "relatedLocations" in one
    )
    assert related["message"]["text"] == "also from: written here"
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "app/main.py"
    assert "also from app/main.py:2" in report_text(ran.report, ran.texts)
    assert "also from app/main.py:2" in junit_text(ran.report)
    assert "also from <code>app/main.py:2" in html_text(ran.report, ran.texts)


def test_sarif_has_rules_flows_fingerprints_notifications_and_suppressions(ran):
    log = json.loads(sarif_text(ran.report))
    jsonschema.validate(log, LOG)
    (one,) = log["runs"]
    flow = next(result for result in one["results"] if "codeFlows" in result)
    (location,) = flow["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "app/main.py"
    (step,) = flow["codeFlows"][0]["threadFlows"][0]["locations"]
    assert step["location"]["message"]["text"] == "read with `listKeys`"
    assert [result["suppressions"][0]["kind"] for result in one["results"] if "suppressions" in result] == [
        "external"
    ]
    (invocation,) = one["invocations"]
    assert not invocation["executionSuccessful"]
    assert invocation["toolExecutionNotifications"][0]["descriptor"]["id"] == "not-read"
    assert all(
        one["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        for result in one["results"]
    )
    assert len({result["partialFingerprints"]["keyless/v1"] for result in one["results"]}) == len(
        one["results"]
    )


def test_sarif_names_files_from_the_root_of_the_repository(tmp_path, monkeypatch):
    root = committed(tmp_path.resolve(), {"app/a b.py": "KEY\n"}) / "app"
    monkeypatch.setattr(running, "rules", lambda: {"stored-key": key_rule(root)})
    made_now = run(Target(root=root), Found(Config()), TODAY)
    (result,) = json.loads(sarif_text(made_now.report))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "app/a%20b.py"


def test_junit_has_a_case_for_each_finding_and_for_each_rule_that_found_nothing(ran):
    suites = ElementTree.fromstring(junit_text(ran.report))
    by_name = {one.get("name"): one for one in suites}
    credentials = by_name["Stored credentials"]
    assert (credentials.get("tests"), credentials.get("failures"), credentials.get("skipped")) == (
        "3",
        "2",
        "1",
    )
    (passed,) = by_name["Identities"]
    assert passed.get("name") == "nothing found"
    assert by_name["What could not be read"].get("errors") == "1"


def test_junit_says_what_the_configuration_turns_off_and_what_was_not_looked_at(ran):
    report = msgspec.structs.replace(ran.report, notices=("`x` turns it off",), left_out={"vendored": 2})
    suites = ElementTree.fromstring(junit_text(report))
    (notices,) = [one for one in suites if one.get("name") == "Notices"]
    assert [one.get("name") for one in notices] == ["`x` turns it off", "not looked at: 2 vendored"]
    assert not any(list(one) for one in notices)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.articles = 0

    def handle_starttag(self, tag, attrs):
        self.articles += tag == "article"
        names = dict(attrs)
        self.loads += [
            value for key, value in names.items() if key in {"src", "href"} and not value.startswith("#")
        ]
        assert tag not in {"b", "link", "img", "iframe"}


def test_html_escapes_all_and_loads_nothing(ran):
    text = html_text(ran.report, ran.texts)
    read = _Page()
    read.feed(text)
    assert read.articles == len(ran.report.standing.told)
    assert not read.loads
    assert "default-src &#x27;none&#x27;" in text
    assert "<mark>KEY from app/infra.bicep</mark>" in text
    assert "leaves with the site" in text


def test_without_findings_every_report_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "rules", lambda: {"stored-key": key_rule(tmp_path)})
    clean = run(Target(root=made(tmp_path.resolve(), {"a.py": "x = 1\n"})), Found(Config()), TODAY)
    assert "nothing found in 1 file" in every(clean)["terminal"]
    assert "nothing found in 1 file" in every(clean)["html"]
    jsonschema.validate(json.loads(every(clean)["sarif"]), LOG)


@pytest.mark.parametrize(
    ("path", "line", "shown"),
    [
        ("a.py", f'ClientSecretCredential(t, c, "{SECRET}")', 'ClientSecretCredential(t, c, "…")'),
        ("a.py", 'password = "letmein"', 'password = "…"'),
        ("a.py", 'password = os.environ["DB_PASSWORD"]', 'password = os.environ["DB_PASSWORD"]'),
        ("a.py", 'c("Server=x;User Id=sa;Password=letmein;")', 'c("Server=x;User Id=sa;Password=…;")'),
        (
            "a.cs",
            'var s = "AccountName=a;AccountKey=abcd==;X=1";',
            'var s = "AccountName=a;AccountKey=…;X=1";',
        ),
        ("a.yml", "db-password: letmein", "db-password: …"),
        ("a.yml", "password: ${DB_PASSWORD}", "password: ${DB_PASSWORD}"),
        ("a.yml", "useToken: true", "useToken: true"),
        ("a.properties", "spring.datasource.password=letmein", "spring.datasource.password=…"),
        (".env", "API_KEY=abc", "API_KEY=…"),
        ("a.json", '"ApiKey": "abc",', '"ApiKey": "…",'),
        ("a.sh", "curl https://u:letmein@host/x", "curl https://u:…@host/x"),
        ("a.sh", "curl 'https://a/b?sv=1&sig=a%2Fb&x=1'", "curl 'https://a/b?sv=1&sig=…&x=1'"),
        ("a.config", '<add key="Db:Password" value="letmein" />', '<add key="Db:Password" value="…" />'),
        ("a.bicep", "secret: '4633458b-17de-408a-b874-0445c86b69e6'", "secret: '…'"),
        (
            "a.bicep",
            "id: '4633458b-17de-408a-b874-0445c86b69e6'",
            "id: '4633458b-17de-408a-b874-0445c86b69e6'",
        ),
        ("a.bicep", "type: 'Microsoft.Storage/storageAccounts@2023-01-01'", None),
        ("a.py", "0123456789abcdef0123456789abcdef", "…"),
    ],
)
def test_a_frame_hides_what_could_be_a_credential_and_shows_the_rest(tmp_path, path, line, shown):
    made(tmp_path, {path: f"{line}\n"})
    place = Place(path, Span(1, 1, 1, len(line) + 1, 0, len(line.encode())))
    found = frame(place, Texts(tmp_path.resolve()), secret=False)
    assert found is not None
    assert found.text == (line if shown is None else shown)


@pytest.mark.parametrize(
    ("path", "line", "shown"),
    [
        ("a.py", '"letmein"', '"…"'),
        ("a.py", 'ClientSecretCredential(tenant, "letmein")', 'ClientSecretCredential(tenant, "…")'),
        ("a.py", 'C(os.environ["KEY"], os.getenv("key"))', 'C(os.environ["KEY"], os.getenv("key"))'),
        ("a.cs", 'new C(config["Orders:Key"])', 'new C(config["Orders:Key"])'),
        ("a.cs", 'new C(config.GetConnectionString("Main"))', 'new C(config.GetConnectionString("Main"))'),
        ("a.py", 'C("https://a.example.com", "let\\"me")', 'C("https://a.example.com", "…")'),
        ("a.tf", 'default = "letmein"', 'default = "…"'),
        ("a.tf", 'value = "a;b=${var.key}"', 'value = "a;b=${var.key}"'),
        ("a.json", '"Main": "letmein"', '"Main": "…"'),
        (
            "a.json",
            '"Main": "@Microsoft.KeyVault(SecretUri=x)"',
            '"Main": "@Microsoft.KeyVault(SecretUri=x)"',
        ),
        ("a.yml", "value: letmein", "value: …"),
        ("a.yml", "letmein", "…"),
        ("a.yml", "value: ${{ secrets.KEY }}", "value: ${{ secrets.KEY }}"),
        ("a.properties", "a.b=letmein", "a.b=…"),
        ("a.sh", "db_key=letmein", "db_key=…"),
        ("a.sh", "export DB_KEY=$OTHER", "export DB_KEY=$OTHER"),
        ("Dockerfile", "ENV CTF_KEY=letmein", "ENV CTF_KEY=…"),
        ("a.tf", "export CTF_KEY=letmein", "export CTF_KEY=…"),
        ("a.tf", 'resource "azurerm_x" "letmein" {', 'resource "azurerm_x" "letmein" {'),
        ("a.json", '"a": "[parameters(\'key\')]"', '"a": "[parameters(\'key\')]"'),
        ("a.go", 'f("https://"+name+".vault.azure.net")', 'f("https://"+name+".vault.azure.net")'),
    ],
)
def test_literals_of_a_place_that_a_finding_is_about_are_hidden_whatever_they_look_like(
    tmp_path, path, line, shown
):
    made(tmp_path, {path: f"{line}\n"})
    found = frame(Place(path, Span(1, 1, 1, len(line) + 1, 0, 0)), Texts(tmp_path.resolve()), secret=True)
    assert found is not None
    assert found.text == shown


def test_the_mark_is_where_the_place_is_behind_what_is_hidden(tmp_path):
    made(tmp_path, {"a.py": 'password = "letmein"; make(x)\n'})
    found = frame(Place("a.py", Span(1, 23, 1, 30, 22, 29)), Texts(tmp_path.resolve()), secret=True)
    assert found is not None
    assert found.text[found.mark : found.mark + found.length] == "make(x)"


def test_of_a_long_line_a_window_is_shown_with_the_mark_at_the_place(tmp_path):
    line = "x" * 100_000 + "KEY" + "y" * 100_000
    made(tmp_path, {"a.js": line})
    found = frame(Place("a.js", Span(1, 100_001, 1, 100_004, 0, 0)), Texts(tmp_path.resolve()), secret=False)
    assert found is not None
    assert len(found.text) <= 200
    assert found.text[found.mark : found.mark + found.length] == "KEY"


def test_a_place_that_is_not_there_any_more_has_no_frame(tmp_path):
    assert frame(Place("a.js", Span(1, 1, 1, 4, 0, 0)), Texts(tmp_path.resolve()), secret=False) is None
