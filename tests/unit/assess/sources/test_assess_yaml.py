"""What is read of YAML files."""

from __future__ import annotations

import time

import pytest

from keyless.assess.sources.yaml_files import read
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.documents import DocumentKind
from keyless.assess.syntax.expressions import (
    Assign,
    Choice,
    Command,
    Evaluate,
    Expr,
    Joined,
    Literal,
    Member,
    Other,
    dotted,
    entry_of,
    text_of,
)
from keyless.assess.syntax.source import Lack, Source


def value_at(text: str, *path: str, file: str = "a.yaml") -> Expr:
    source = read(file, text)
    assert not source.problems
    assert source.document is not None
    entry = entry_of(source.document.roots[0], *path)
    assert entry is not None
    return entry.value


def commands(source: Source) -> list[tuple[str, list[str | None]]]:
    return [
        (unit.part_of, [text_of(word) or dotted(word) for word in statement.value.words])
        for unit in source.units
        for statement in unit.body
        if isinstance(statement, Evaluate) and isinstance(statement.value, Command)
    ]


def test_a_value_has_its_place_in_the_file() -> None:
    text = "ü: 1\na:\n  b: 'wert'  # comment\n"
    span = value_at(text, "a", "b").span
    assert (span.line, span.column) == (3, 7)
    assert text.encode()[span.start : span.end] == b"wert"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1", 1),
        ("-2.5", -2.5),
        ("true", True),
        ("~", None),
        ("yes", "yes"),
        ("'1'", "1"),
        ("0123", "0123"),
        ('"a\\tb"', "a\tb"),
        ("1.2.3", "1.2.3"),
    ],
)
def test_scalars_are_what_they_mean(written: str, meant: object) -> None:
    value = value_at(f"a: {written}", "a")
    assert isinstance(value, Literal)
    assert value.value == meant


def test_a_merge_adds_what_is_not_there() -> None:
    text = "x: &x {a: 1, b: 2}\ny:\n  b: 3\n  <<: *x\n"
    assert value_at(text, "y", "a") == value_at(text, "x", "a")
    b = value_at(text, "y", "b")
    assert isinstance(b, Literal)
    assert b.value == 3


def test_aliases_are_bounded() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    source = read("a.yaml", "\n".join(levels))
    assert source.problems
    assert {problem.lack for problem in source.problems} == {Lack.NOT_PARSED}


def test_an_anchor_within_itself_is_a_problem() -> None:
    assert read("a.yaml", "a: &a [*a]").problems


def test_nesting_is_bounded() -> None:
    start = time.process_time()
    source = read("a.yaml", "[" * 200_000)
    assert source.problems[0].lack is Lack.TOO_DEEP
    assert time.process_time() - start < 6


def test_a_mistake_in_one_document_leaves_the_others() -> None:
    source = read("a.yaml", "a: 1\n---\nb: [1\nc: }\n---\nd: here\n")
    assert len(source.problems) == 1
    assert source.document is not None
    assert any(entry_of(root, "d") for root in source.document.roots)


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        (".github/workflows/ci.yml", "on: push", DocumentKind.GITHUB_WORKFLOW),
        ("actions/x/action.yml", "runs: {}", DocumentKind.GITHUB_WORKFLOW),
        ("azure-pipelines-prod.yml", "a: 1", DocumentKind.AZURE_PIPELINE),
        ("ci/build.yml", "steps:\n- task: AzureCLI@2\n", DocumentKind.AZURE_PIPELINE),
        ("deploy/x.yaml", "apiVersion: v1\nkind: Secret\n", DocumentKind.KUBERNETES),
        ("docker-compose.prod.yml", "services: {}", DocumentKind.COMPOSE),
        ("stack.yml", "services:\n  db:\n    image: x\n", DocumentKind.COMPOSE),
        ("src/application-dev.yml", "a: 1", DocumentKind.SPRING),
        ("chart/values.yaml", "a: 1", DocumentKind.HELM_VALUES),
        ("azure.yaml", "services:\n  web:\n    host: appservice\n    image: x\n", DocumentKind.OTHER),
        ("pnpm-lock.yaml", "x: 1", None),
    ],
)
def test_kinds_are_told_by_name_and_content(path: str, text: str, kind: DocumentKind | None) -> None:
    document = read(path, text).document
    assert (document.kind if document else None) is kind


@pytest.mark.parametrize(
    ("file", "written", "read_as"),
    [
        (".github/workflows/a.yml", "${{ secrets.X }}", "secrets.X"),
        (".github/workflows/a.yml", "${{ secrets['X-Y'] }}", "secrets.X-Y"),
        ("azure-pipelines.yml", "$(My.Var)", "variables.My.Var"),
        ("azure-pipelines.yml", "$[variables.x]", "variables.x"),
        ("compose.yml", "${X}", "env.X"),
        ("compose.yml", "$X", "env.X"),
        ("application.yml", "${a.b}", "env.a.b"),
        ("chart/templates/a.yaml", "{{ .Values.a.b | quote }}", "Values.a.b"),
        ("chart/templates/a.yaml", '"{{ .Values.a.b }}"', "Values.a.b"),
    ],
)
def test_an_expression_of_the_surroundings_is_a_reference(file: str, written: str, read_as: str) -> None:
    assert dotted(value_at(f"k: {written}\n", "k", file=file)) == read_as


def test_a_default_is_the_second_alternative() -> None:
    value = value_at("k: ${a.b:geheim}", "k", file="application.yml")
    assert isinstance(value, Choice)
    assert dotted(value.alternatives[0]) == "env.a.b"
    assert text_of(value.alternatives[1]) == "geheim"


def test_text_around_expressions_is_joined_with_its_places() -> None:
    text = "k: Server=${HOST};Password=${PW};x\n"
    value = value_at(text, "k", file="compose.yml")
    assert isinstance(value, Joined)
    assert [text_of(part) or dotted(part) for part in value.parts] == [
        "Server=",
        "env.HOST",
        ";Password=",
        "env.PW",
        ";x",
    ]
    span = value.parts[3].span
    assert text[span.start : span.end] == "${PW}"


def test_other_expressions_keep_the_references_in_them() -> None:
    value = value_at(
        "k: ${{ format('{0}-{1}', secrets.A, github.ref) }}", "k", file=".github/workflows/a.yml"
    )
    assert isinstance(value, Other)
    assert [dotted(part) for part in value.parts] == ["secrets.A", "github.ref"]


def test_one_or_another_is_a_choice() -> None:
    value = value_at("k: ${{ secrets.A || 'x' }}", "k", file=".github/workflows/a.yml")
    assert isinstance(value, Choice)
    assert isinstance(value.alternatives[0], Member)
    assert text_of(value.alternatives[1]) == "x"


def test_a_chart_s_template_is_read_where_it_is_no_yaml() -> None:
    text = (
        "{{- if .Values.on }}\napiVersion: v1\nkind: Secret\ndata:\n"
        "  {{- range $k, $v := .Values.all }}\n  key: {{ $v | b64enc }}\n  {{- end }}\n{{- end }}\n"
    )
    source = read("chart/templates/s.yaml", text)
    assert not source.problems
    assert source.document is not None
    assert source.document.kind is DocumentKind.KUBERNETES
    assert isinstance(value_at(text, "data", "key", file="chart/templates/s.yaml"), Other)


def test_a_text_that_begins_with_control_is_read() -> None:
    text = "a: |\n  {{ with x }}\n      export A=b\n  {{ end }}\nb: c\n"
    assert text_of(value_at(text, "b")) == "c"


WORKFLOW = """\
defaults: {run: {shell: bash}}
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: |
          echo start
          az login --service-principal -p ${{ secrets.PW }}
      - shell: pwsh
        run: Connect-AzAccount -Tenant "${{ vars.T }}"
      - shell: python
        run: import os
      - uses: azure/cli@v2
        with:
          inlineScript: az account show
"""


def test_scripts_of_a_workflow_are_units_with_places_in_the_file() -> None:
    source = read(".github/workflows/a.yml", WORKFLOW)
    assert not source.problems
    assert [(unit.language, unit.part_of) for unit in source.units] == [
        (Language.SHELL, "jobs.a.steps[0].run"),
        (Language.POWERSHELL, "jobs.a.steps[1].run"),
        (Language.SHELL, "jobs.a.steps[3].with.inlineScript"),
    ]
    login = source.units[0].body[1]
    assert isinstance(login, Evaluate)
    assert isinstance(login.value, Command)
    assert dotted(login.value.words[-1]) == "secrets.PW"
    assert WORKFLOW[login.span.start : login.span.end] == "az login --service-principal -p ${{ secrets.PW }}"
    assert commands(source)[2][1] == ["Connect-AzAccount", "-Tenant", "vars.T"]


def test_windows_runners_take_powershell() -> None:
    source = read(
        ".github/workflows/a.yml", "jobs:\n  a:\n    runs-on: windows-latest\n    steps:\n    - run: ls\n"
    )
    assert source.units[0].language is Language.POWERSHELL


PIPELINE = """\
steps:
- script: az acr login -n $(registry)
- pwsh: Get-AzContext
- task: AzureCLI@2
  inputs:
    scriptType: pscore
    inlineScript: az group list
- task: AzurePowerShell@5
  inputs:
    azureSubscription: x
    Inline: Get-AzVM
- task: PythonScript@0
  inputs:
    script: print(1)
- bash: echo $(pwd)
"""


def test_scripts_of_a_pipeline_are_units() -> None:
    source = read("azure-pipelines.yml", PIPELINE)
    assert [(unit.language.value, unit.part_of) for unit in source.units] == [
        ("shell", "steps[0].script"),
        ("powershell", "steps[1].pwsh"),
        ("powershell", "steps[2].inputs.inlineScript"),
        ("powershell", "steps[3].inputs.inline"),
        ("shell", "steps[5].bash"),
    ]
    assert commands(source)[0][1] == ["az", "acr", "login", "-n", "variables.registry"]


def test_a_word_has_its_variables_in_a_script_that_has_other_expressions() -> None:
    script = "az x -p $env:PW/x -t ${{ vars.T }}"
    text = f"on: push\njobs:\n  a:\n    steps:\n    - shell: pwsh\n      run: {script}\n"
    statement = read(".github/workflows/a.yml", text).units[0].body[0]
    assert isinstance(statement, Evaluate)
    assert isinstance(statement.value, Command)
    _, _, _, password, _, tenant = statement.value.words
    assert isinstance(password, Joined)
    assert dotted(password.parts[0]) == "env.PW"
    assert dotted(tenant) == "vars.T"


def test_folded_scripts_keep_their_places() -> None:
    text = "steps:\n- script: >-\n    az login\n    -p secret\n  name: é\n"
    unit = read("azure-pipelines.yml", text).units[0]
    statement = unit.body[0]
    assert isinstance(statement, Evaluate)
    assert isinstance(statement.value, Command)
    span = statement.value.words[-1].span
    assert (span.line, text[span.start : span.end]) == (4, "secret")


def test_what_a_script_says_that_is_not_understood_is_a_problem_at_its_place() -> None:
    source = read(
        ".github/workflows/a.yml", "jobs:\n  a:\n    steps:\n    - run: |\n        fine\n        if ((\n"
    )
    assert source.problems
    assert source.problems[0].span.line >= 5


def test_hooks_name_their_shell() -> None:
    text = "hooks:\n  predeploy:\n    shell: sh\n    run: export KEY=$(az x)\n"
    (statement,) = read("azure.yaml", text).units[0].body
    assert isinstance(statement, Assign)
    assert statement.words == ("export",)


@pytest.mark.parametrize(
    "text",
    [
        "k: '" + "${" * 15_000 + "'",
        "k: '" + "$(" * 15_000 + "'",
        "k: é" + "${é}" * 6_000,
        "k: " + "{{ a" * 6_000,
        "k: " + "{{ a }}" * 5_000,
        "x: |\n" + "  é ${A} $(b)\n" * 2_000,
    ],
)
def test_hostile_expressions_take_no_time(text: str) -> None:
    start = time.process_time()
    read("azure-pipelines.yml", f"steps:\n- {text}")
    assert time.process_time() - start < 15
