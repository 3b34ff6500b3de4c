"""Dockerfiles: instructions over continued lines, with here-documents.

Rules:
- `ENV` and `ARG` are ``Assign`` whose words say which; an `ARG` without a value has none;
- `RUN`, `CMD` and `ENTRYPOINT` in their shell form are statements of the shell, in their list form (JSON) a
  ``Command``; every other instruction is a ``Command`` of its words, the instruction first;
- comments and empty lines within a continued instruction are no part of it;
- `RUN <<EOF` is the script that follows; a here-document of a command is the command's.

Source: https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from keyless.assess.sources import shell
from keyless.assess.sources.characters import Characters
from keyless.assess.sources.flat import value_of
from keyless.assess.sources.json_files import parsed_json
from keyless.assess.sources.pieces import Piece
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.code import Language, Unit
from keyless.assess.syntax.expressions import (
    Assign,
    Command,
    Evaluate,
    Expr,
    Items,
    Literal,
    Name,
    Statement,
)
from keyless.assess.syntax.source import Problem, Source

_INSTRUCTION = re.compile(r"[ \t]*+([A-Za-z]++)[ \t]*+")
_HEREDOC = re.compile(r"<<-?[ \t]*+[\"']?([A-Za-z_]\w*+)[\"']?")
_ONLY_HEREDOC = re.compile(r"(?:--[\w-]++=\S++[ \t]++)*+<<-?[ \t]*+[\"']?[A-Za-z_]\w*+[\"']?[ \t]*+")
_FLAG = re.compile(r"--[\w-]++(?:=\S*+)?[ \t]++")
_OLD_ENV = re.compile(r"([\w.-]++)[ \t]++(?!=)")
_NAME = re.compile(r"([\w.-]++)(?:=|[ \t]*+$)")
_WORD = re.compile(r"\S++")
_SHELL_FORMS = frozenset({"RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK", "SHELL"})


class _Instruction(msgspec.Struct, frozen=True):
    """A keyword with where it begins, and the pieces of what follows it, each with where it begins."""

    word: str
    start: int
    pieces: tuple[tuple[int, str], ...]
    heredoc: bool = False

    @property
    def text(self) -> str:
        """What follows the keyword."""
        return "".join(text for _, text in self.pieces)


def read(path: str, text: str) -> Source:
    """A Dockerfile."""
    characters = Characters(FileText(path, text))
    body: list[Statement] = []
    problems: list[Problem] = []
    for one in _instructions(text):
        made, unclear = _statements(characters, one)
        body.extend(made)
        problems.extend(unclear)
    unit = Unit(path=path, language=Language.DOCKERFILE, body=tuple(body))
    return Source(path=path, units=(unit,), problems=tuple(problems))


def _instructions(text: str) -> Iterator[_Instruction]:
    at = 0
    escape = "`" if re.match(r"(#[^\n]*\n)*#\s*escape\s*=\s*`", text[:500], re.IGNORECASE) else "\\"
    while at < len(text):
        end = _line_end(text, at)
        found = _INSTRUCTION.match(text, at, end)
        if found is None:
            at = end + 1
            continue
        pieces, at = _continued(text, found.end(), escape)
        line = "".join(piece for _, piece in pieces)
        ends = (
            _HEREDOC.findall(line)
            if "<<" in line and found.group(1).upper() in {"RUN", "COPY", "ADD"}
            else []
        )
        for word in ends:
            more, at = _heredoc(text, at, word)
            pieces.extend(more)
        yield _Instruction(found.group(1).upper(), found.start(1), tuple(pieces), bool(ends))


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _continued(text: str, at: int, escape: str) -> tuple[list[tuple[int, str]], int]:
    """The lines of an instruction from a place on, and where the next one may begin."""
    pieces: list[tuple[int, str]] = []
    while at <= len(text):
        end = _line_end(text, at)
        line = text[at:end]
        bare = line.strip()
        if pieces and (not bare or bare.startswith("#")):
            at = end + 1
            continue
        goes_on = bare.endswith(escape)
        if goes_on and escape != "\\":
            line = line.rstrip()[:-1] + "\\"
        elif goes_on:
            line = line.rstrip()
        pieces.append((at, line + "\n"))
        at = end + 1
        if not goes_on:
            break
    return pieces, at


def _heredoc(text: str, at: int, word: str) -> tuple[list[tuple[int, str]], int]:
    pieces: list[tuple[int, str]] = []
    while at < len(text):
        end = _line_end(text, at)
        pieces.append((at, text[at:end] + "\n"))
        ended = text[at:end].strip() == word
        at = end + 1
        if ended:
            break
    return pieces, at


def _piece(characters: Characters, pieces: tuple[tuple[int, str], ...]) -> Piece:
    segments: list[tuple[int, int]] = []
    inside = 0
    for start, text in pieces:
        segments.append((inside, characters.byte(start)))
        inside += len(text.encode())
    return Piece(characters.file, "".join(text for _, text in pieces), segments or [(0, 0)])


def _statements(
    characters: Characters, one: _Instruction
) -> tuple[tuple[Statement, ...], tuple[Problem, ...]]:
    if one.word in {"ENV", "ARG"}:
        return _variables(characters, one), ()
    if one.word in _SHELL_FORMS:
        return _shell_form(characters, one)
    piece = _piece(characters, one.pieces)
    words = [_instruction_word(characters, one)]
    offsets = Characters(piece)
    words.extend(
        value_of(offsets, found.group(), *found.span(), names=True)
        for found in _WORD.finditer(piece.text)
        if found.group() != "\\"
    )
    span = piece.span(0, max(1, len(piece.data) - 1))
    return (Evaluate(span, Command(span, tuple(words))),), ()


def _instruction_word(characters: Characters, one: _Instruction) -> Expr:
    return Literal(characters.span(one.start, one.start + len(one.word)), one.word)


def _shell_form(
    characters: Characters, one: _Instruction
) -> tuple[tuple[Statement, ...], tuple[Problem, ...]]:
    pieces = one.pieces
    if one.heredoc and _ONLY_HEREDOC.fullmatch(pieces[0][1].strip()):
        return shell.statements_of(_piece(characters, pieces[1:-1]))
    flags = _flags(pieces[0][1])
    pieces = ((pieces[0][0] + flags, pieces[0][1][flags:]), *pieces[1:])
    piece = _piece(characters, pieces)
    if piece.text.lstrip().startswith("["):
        found, _ = parsed_json(piece)
        if len(found) == 1 and isinstance(found[0], Items):
            return (Evaluate(found[0].span, Command(found[0].span, found[0].items)),), ()
    return shell.statements_of(piece)


def _flags(line: str) -> int:
    """How long the flags (`--mount=…`) at the start of a line are."""
    at = 0
    while (found := _FLAG.match(line, at)) is not None:
        at = found.end()
    return at


def _variables(characters: Characters, one: _Instruction) -> tuple[Statement, ...]:
    piece = _piece(characters, one.pieces)
    old = _OLD_ENV.match(piece.text) if one.word == "ENV" else None
    if old is not None and "=" not in old.group(1):
        offsets = Characters(piece)
        end = len(piece.text.rstrip())
        value = value_of(offsets, piece.text[old.end() : end], old.end(), end, names=True)
        return (_assign(piece, old.group(1), 0, old.end(1), value, one.word),)
    bare = _NAME.match(piece.text.strip())
    if one.word == "ARG" and bare is not None and "=" not in bare.group():
        return (_assign(piece, bare.group(1), 0, len(bare.group(1)), None, one.word),)
    made, _ = shell.statements_of(piece)
    return tuple(
        Assign(found.span, found.target, found.value, words=(one.word,))
        for found in made
        if isinstance(found, Assign)
    )


def _assign(piece: Piece, name: str, start: int, end: int, value: Expr | None, word: str) -> Statement:
    target = Name(piece.span(start, end), name)
    whole = piece.span(start, max(end, len(piece.text.rstrip().encode())))
    return Assign(whole, target, value, words=(word,))
