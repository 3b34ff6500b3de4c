"""Valid files that grammars stumble over, each in the smallest form that did so."""

from __future__ import annotations

import json

import pytest

from keyless.assess.sources.policies import escaped
from keyless.assess.sources.read import read
from keyless.assess.syntax.everything import expressions_of
from keyless.assess.syntax.expressions import Assign, Literal, Name, text_of, within
from keyless.assess.syntax.source import Source

_TEMPLATE = json.dumps(
    {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "resources": [
            {
                "type": "a/b",
                "apiVersion": "1",
                "name": "[concat(variables('x'),\u00a0'/y')]",
            }
        ],
    },
    ensure_ascii=False,
)
_POLICY = """<policies><inbound>
<trace source="@(context.Api.Name)"><metadata name="a" value="@(c.Get("User-Agent","") + ')')" /></trace>
<set-header name="k"><value>key</value></set-header>
<when condition="@{ if (a < b && c) { return "x}"; } /* ) */ return f(1); }" />
</inbound></policies>"""


def _read(path: str, text: str) -> Source:
    found = read(path, text.encode())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.jsx", 'x = <Link to="/">T&C</Link>'),
        ("a.jsx", 'x = <p>{a && b ? <p class="M" id="a">{f}</p> : null} &amp; R&D <b for="x"/></p>'),
        ("a.json", _TEMPLATE),
        ("a.sh", 'VALUE="${ARGUMENT:$KEY_LENGTH+1}"\nB=${A:$L:$M}\n'),
        ("a.sh", "export REGION=<CHANGE-ME> # a region\nexport G=rg-<YOUR NAME>\n"),
        ("a.cs", 'class A { string F() => $"{{{string.Join(",", e)}}}"; }'),
        ("a.cs", 'class A { string F() => G($"", a); }'),
        ("a.ps1", 'echo "`n## Building"\ndotnet restore $dir\\Api.csproj -o $dir\\32bit\\x\n'),
        ("a.ps1", 'Write-Hashes $a/$b\n$x = [math]::Round($y / 1MB, 2)\n$l = "$($a.b) #$($i + 1)"\n'),
        ("a.ps1", '/usr/bin/x /action:R /F:"a.b" /T:"a=b;c=d;" /p:I=True\n'),
        ("a.xml", _POLICY),
    ],
)
def test_what_is_valid_is_no_problem(path: str, text: str) -> None:
    assert _read(path, text).problems == ()


def test_a_placeholder_of_a_script_is_the_value_as_it_is_written() -> None:
    body = _read("a.sh", "export REGION=<CHANGE-ME> # a region\n").units[0].body
    values = [text_of(one.value) for one in body if isinstance(one, Assign)]
    assert values == ["<CHANGE-ME>"]


def test_comments_of_powershell_stay_comments() -> None:
    unit = _read("a.ps1", "$a = (f) # $b\n$c = 1\n").units[0]
    assert "b" not in {one.id for one in expressions_of(unit) if isinstance(one, Name)}


def test_a_policy_keeps_the_words_of_its_code_and_what_stands_around_it() -> None:
    document = _read("a.xml", _POLICY).document
    assert document is not None
    texts = [one.value for root in document.roots for one in within(root) if isinstance(one, Literal)]
    assert any("User-Agent" in str(one) for one in texts)
    assert "key" in texts


@pytest.mark.parametrize(
    "text", [b'<policies a="@(f(" />', b"<other>@(a < b)</other>", b"<policies>@(</policies>"]
)
def test_what_does_not_end_or_is_no_policy_stays_as_it_is(text: bytes) -> None:
    assert escaped(text) == text


def test_xml_that_is_none_is_still_a_problem() -> None:
    assert _read("a.xml", "<policies><a @(b)></policies>").problems
