"""Any text at all, in each language that plans are written in, is read back as that text and nothing else."""

from __future__ import annotations

import shlex

import hcl2
import tree_sitter
import tree_sitter_bicep
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from keyless.plan.writers import bicep, estate, hcl

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.text(
    "'\"\\$%{}[]#\n\r\t@a", max_size=12
)
PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bicep.language()))
BICEP = {"\\\\": "\\", "\\'": "'", "\\n": "\n", "\\r": "\r", "\\t": "\t", "\\$": "$"}
HCL = {"\\\\": "\\", '\\"': '"', "\\n": "\n", "\\r": "\r", "\\t": "\t", "$${": "${", "%%{": "%{"}


def unescaped(text: str, escapes: dict[str, str], by_number: dict[str, int]) -> str:
    """What a quoted text means; ``by_number`` are the beginnings of escapes by number, with their lengths."""
    found, at = "", 0
    while at < len(text):
        escape = next((one for one in escapes if text.startswith(one, at)), None)
        number = next((one for one in by_number if text.startswith(one, at)), None)
        if escape is not None:
            found, at = found + escapes[escape], at + len(escape)
        elif number is not None:
            begin = at + len(number)
            end = begin + by_number[number] if by_number[number] else text.index("}", begin)
            found, at = found + chr(int(text[begin:end], 16)), end + (not by_number[number])
        else:
            assert text[at] != "\\", text
            found, at = found + text[at], at + 1
    return found


@given(TEXTS)
@example("\\${x}")
@example("$${x}")
def test_bicep_reads_a_text_as_one_string(text: str) -> None:
    written = bicep.quote(text)
    root = PARSER.parse(f"param x string = {written}\nparam y string\n".encode()).root_node
    assert not root.has_error, written
    assert [node.type for node in root.named_children] == ["parameter_declaration"] * 2
    assert "interpolation" not in str(root.named_children[0])
    assert unescaped(written[1:-1], BICEP, {"\\u{": 0}) == text


@given(TEXTS)
def test_a_comment_of_bicep_ends_with_its_line(text: str) -> None:
    root = PARSER.parse(f"{bicep.comment(text)}\nparam x string\n".encode()).root_node
    assert not root.has_error
    assert [node.type for node in root.named_children if node.type != "comment"] == ["parameter_declaration"]


def closed(text: str) -> bool:
    """Whether the parser can read it, which looks for the end of what `${` begins, escaped or not."""
    return "${" not in text and "%{" not in text


@given(TEXTS.filter(closed))
@example("$${x}")
@example("%{ if true }")
def test_terraform_reads_a_text_as_one_string(text: str) -> None:
    written = hcl.quote(text)
    assert "\n" not in written
    document = hcl2.loads(f"x = {written}\ny = 1\n")
    assert document["y"] == 1
    assert unescaped(written[1:-1], HCL, {"\\u": 4, "\\U": 8}) == text


@given(TEXTS)
def test_yaml_reads_a_text_as_that_text(text: str) -> None:
    assert yaml.safe_load(f"x: {estate.text(text)}\ny: 1\n") == {"x": text, "y": 1}


@given(st.lists(TEXTS, max_size=4))
def test_a_shell_reads_words_as_those_words(words: list[str]) -> None:
    line = " ".join(map(shlex.quote, words))
    assert shlex.split(line) == words
