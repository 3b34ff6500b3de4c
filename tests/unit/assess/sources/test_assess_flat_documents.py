"""What is read of `.env` files, properties and XML."""

from __future__ import annotations

import pytest

from keyless.assess.sources import dotenv, properties, xml_files
from keyless.assess.syntax.documents import DocumentKind
from keyless.assess.syntax.expressions import Choice, Expr, Joined, Record, dotted, entry_of, text_of
from keyless.assess.syntax.source import Lack, Source


def entries(source: Source) -> dict[str, Expr]:
    assert source.document is not None
    root = source.document.roots[0]
    assert isinstance(root, Record)
    return {text_of(one.key) or "": one.value for one in root.entries}


def test_environment_files_have_a_name_and_a_value_on_each_line() -> None:
    text = (
        "# comment\n\nA=1\nexport B = 'x $A' # c\nC=\"a\\nb\"\nD=bare value # c\nE=\nF=`t`\nno sign\n"
        'G="over\nlines"\nH=${A}\nI=$A-x\nJ=${A:-d}'
    )
    found = entries(dotenv.read(".env", text))
    assert {name: text_of(found[name]) for name in "ABCDEFG"} == {
        "A": "1",
        "B": "x $A",
        "C": "a\nb",
        "D": "bare value",
        "E": "",
        "F": "t",
        "G": "over\nlines",
    }
    assert dotted(found["H"]) == "env.A"
    assert isinstance(found["I"], Joined)
    assert isinstance(found["J"], Choice)


def test_a_value_of_an_environment_file_has_its_place() -> None:
    text = 'É=1\nKEY="wert"\n'
    span = entries(dotenv.read(".env", text))["KEY"].span
    assert text.encode()[span.start : span.end] == b"wert"
    assert (span.line, span.column) == (2, 6)


def test_an_expression_has_its_place_within_the_value() -> None:
    text = "KEY=a${B}c\n"
    value = entries(dotenv.read(".env", text))["KEY"]
    assert isinstance(value, Joined)
    span = value.parts[1].span
    assert text[span.start : span.end] == "${B}"


def test_properties_go_on_over_lines_and_have_escapes() -> None:
    text = (
        "# c\n! c\na.b = 1\nc:2\nd 3\ne = x\\\n   y\nf\\:g = \\u00e9\\n\nempty\n"
        "spring.password=${PW:dflt}\r\nlast=1"
    )
    found = entries(properties.read("src/application-dev.properties", text))
    assert {name: text_of(value) for name, value in found.items() if name != "spring.password"} == {
        "a.b": "1",
        "c": "2",
        "d": "3",
        "e": "xy",
        "f:g": "é\n",
        "empty": "",
        "last": "1",
    }
    assert isinstance(found["spring.password"], Choice)


def test_properties_of_spring_are_told_by_their_name() -> None:
    for path, kind in (("application.properties", DocumentKind.SPRING), ("x.properties", DocumentKind.OTHER)):
        document = properties.read(path, "a=b").document
        assert document is not None
        assert document.kind is kind


CONFIG = """<?xml version="1.0"?>
<configuration>
  <appSettings>
    <add key="Key>1" value="wert &amp; x" />
  </appSettings>
  <note>  über  </note>
</configuration>
"""


def test_elements_and_attributes_have_their_places() -> None:
    source = xml_files.read("Web.config", CONFIG)
    assert not source.problems
    assert source.document is not None
    assert source.document.kind is DocumentKind.WEB_CONFIG
    root = source.document.roots[0]
    add = entry_of(root, "configuration", "appSettings", "add")
    assert add is not None
    value = entry_of(add.value, "@value")
    assert value is not None
    assert text_of(value.value) == "wert & x"
    span = value.value.span
    assert CONFIG.encode()[span.start : span.end] == b"wert &amp; x"
    assert CONFIG.encode()[add.span.start : add.span.end] == b'<add key="Key>1" value="wert &amp; x" />'
    note = entry_of(root, "configuration", "note", "#text")
    assert note is not None
    assert text_of(note.value) == "über"
    assert CONFIG.encode()[note.value.span.start : note.value.span.end] == "über".encode()


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("x.PublishSettings", "<publishData/>", DocumentKind.PUBLISH_PROFILE),
        ("App.Release.config", "<configuration/>", DocumentKind.WEB_CONFIG),
        ("nuget.config", "<configuration/>", DocumentKind.WEB_CONFIG),
        ("pom.xml", "<project/>", DocumentKind.OTHER),
        ("x.config", "[core]\na = b\n", DocumentKind.OTHER),
    ],
)
def test_kinds_of_xml_are_told(path: str, text: str, kind: DocumentKind) -> None:
    source = xml_files.read(path, text)
    assert not source.problems
    assert source.document is not None
    assert source.document.kind is kind


def test_entities_that_a_file_defines_are_refused() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    assert xml_files.read("a.xml", bomb).problems
    outside = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    source = xml_files.read("a.xml", outside)
    assert source.problems
    assert source.document is not None
    assert source.document.roots == ()


def test_a_mistake_in_xml_leaves_what_stands_before() -> None:
    source = xml_files.read("a.xml", "<a><b>text</b><c></a>")
    assert [problem.lack for problem in source.problems] == [Lack.NOT_PARSED]
    assert source.document is not None
    assert entry_of(source.document.roots[0], "a", "b", "#text") is not None


def test_nesting_of_xml_is_bounded() -> None:
    source = xml_files.read("a.xml", "<a>" * 10_000)
    assert source.problems[0].lack is Lack.TOO_DEEP
