"""PowerShell that its grammar does not know, written in another way of the same length, to be parsed.

Rules, each for something that is plain in scripts:
- `a ?? b` is parsed as `a -or b`, `a ??= b` as `a = b`;
- `./script.ps1` and `/usr/bin/x` where a command begins are parsed as a name;
- `-name=value`, as native programs take it, is parsed as `-name:value`;
- `-Property a, b` with bare words is parsed as words, `-Path a,b` as one word;
- `c ? a : b` is parsed as `c -or a -or b`;
- `$x/path` and `$x/${y}` as an argument are parsed as a word;
- digits in the name of a parameter (`-Document404Path`) are parsed as letters;
- `--query [].name` and `[0]` there are parsed as a word;
- `1MB` is parsed as `1mb`;
- `` `n## `` and `$(x) #1` within quotes are parsed with letters for the signs of comments;
- `/name:"a;b"`, as programs of Windows take it, is parsed as a word.
What the tree's nodes say is read from the text as it is written.

Source: https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_operators
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keyless.grammars import parsed

if TYPE_CHECKING:
    from tree_sitter import Node

_COALESCE = re.compile(rb"[ \t]\?\?[ \t](?=(.))")
_COALESCE_INTO = re.compile(rb"\?\?=")
_HERE = re.compile(rb"((?:^|[;|{(&=])[ \t]*+)\.[/\\](?=[\w.-])", re.MULTILINE)
_OPTION = re.compile(rb"(?<=\s)(--?[A-Za-z][\w.-]*+)=(?=\S)")
_TERNARY = re.compile(rb"(?<=[)\w\"'\]}]) \? ([^\n?|{]{1,200}?) : ")
_PATH = re.compile(
    rb"(?<=[ \t])\$(?:(?:[\w:]++|\{[\w:]++\})(?:/(?=[A-Za-z.]|\$\{)|\\(?=[\w.]|\$\{))|\{[\w:]++\}(?=[\w:.-]))"
    rb"[\w.:/\\${}\-]{0,300}+"
    rb"(?=[ \t\r\n;|)]|$)"
)
_DIVIDED = re.compile(rb"(?<=[\w-] )\$[\w:]++/\$\w++(?=[ \t\r\n;|)]|$)")
_SIZE = re.compile(rb"(?<=\d)[KMGTPkmgtp][Bb](?!\w)")
_SIGNS = re.compile(rb"(?<=`[a-z0])#{1,100}|(?<=\) )#")
_ROOTED = re.compile(rb"((?:^|[;|{(&])[ \t]*+)/(?=[A-Za-z][\w.-]*+/)", re.MULTILINE)
_GIVEN = re.compile(rb"(?<=[ \t]/)\w{1,80}:\"[^\"$`\n]{0,2000}\"(?=[ \t\r\n]|$)")
_NO_WORD = re.compile(rb"[^\w.]")
_LINE = 2_000
_PARAMETER = re.compile(rb"(?<=[ \t])-[A-Za-z]++\d++[A-Za-z]\w*+(?=[ \t])")
_DIGIT = re.compile(rb"\d")
_QUERY = re.compile(rb"(--query[ =:])\[([\d*]{0,3})\]")
_JOINED = re.compile(rb"([ \t]-[A-Za-z]++[ \t]++)([A-Za-z_.][\w.\-]*+(?:,[\w.\-$]++)(?:, ?[\w.\-$]++)*+)")
_BETWEEN = re.compile(rb"[, ]")
_BARE = re.compile(rb"(?<=[A-Za-z_]), (?=[A-Za-z_])")
_LONG_LINE = re.compile(rb"[^\n]{4000}")
_LISTED = re.compile(
    rb"^[^\[\n#]*?[ \t](?:-[A-Za-z]++|(?:Select|Sort)-Object|Format-(?:Table|List))[ \t]++"
    rb"[\w-]++, [\w-][^\[\n]*+$",
    re.MULTILINE,
)


def parsed_powershell(data: bytes) -> Node:
    """The tree of a script."""
    return parsed("powershell", _parseable(data))


def _parseable(data: bytes) -> bytes:
    """The text as the grammar takes it, every byte of what stays in its place."""
    if b"??" in data:
        data = _COALESCE.sub(lambda one: b"-or " if one.group(1).isalpha() else b" -or", data)
        data = _COALESCE_INTO.sub(b"  =", data)
    data = _HERE.sub(rb"\1__", data)
    data = _OPTION.sub(lambda one: one.group(1).replace(b".", b"_") + b":", data)
    if b" ? " in data:
        data = _TERNARY.sub(rb"-or\1-or", data)
    data = _DIVIDED.sub(_word, _PATH.sub(_word, data))
    data = _SIZE.sub(lambda one: one.group().lower(), data)
    data = _SIGNS.sub(_letters, data)
    data = _ROOTED.sub(rb"\1_", data)
    data = _GIVEN.sub(lambda one: _NO_WORD.sub(b"_", one.group()), data)
    data = _PARAMETER.sub(lambda one: _DIGIT.sub(b"n", one.group()), data)
    data = _QUERY.sub(rb"\1_\2_", data)
    data = _JOINED.sub(lambda one: one.group(1) + _BETWEEN.sub(b"_", one.group(2)), data)
    if _LONG_LINE.search(data):
        return data
    return _LISTED.sub(lambda one: _BARE.sub(b"  ", one.group()), data)


def _letters(found: re.Match[bytes]) -> bytes:
    """As many letters, within quotes; a comment outside stays one."""
    data, start = found.string, found.start()
    before = data[max(0, start - _LINE) : start].rpartition(b"\n")[2]
    return b"_" * len(found.group()) if before.count(b'"') % 2 else found.group()


def _word(found: re.Match[bytes]) -> bytes:
    """A plain word of the same length; what stands in quotes on its line stays."""
    data, start = found.string, found.start()
    before = data[max(0, start - _LINE) : start].rpartition(b"\n")[2]
    if before.count(b'"') % 2 or before.count(b"'") % 2:
        return found.group()
    return _NO_WORD.sub(b"_", found.group())
