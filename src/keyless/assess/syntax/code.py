"""A file of code or a script: what it imports, and its statements."""

from __future__ import annotations

import enum

import msgspec

from keyless.assess.syntax.expressions import Statement
from keyless.assess.syntax.span import Span


class Language(enum.StrEnum):
    """Languages of code and scripts."""

    PYTHON = "python"
    CSHARP = "csharp"
    JAVA = "java"
    JAVASCRIPT = "javascript"
    """TypeScript, JSX and TSX as well: one language as far as values go."""
    GO = "go"
    SHELL = "shell"
    POWERSHELL = "powershell"
    DOCKERFILE = "dockerfile"


class Import(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`import module`, `from module import name as alias`, `using Module`, `const {name} = require(module)`.

    ``alias`` is the name that the file knows it by: empty where everything of the module is brought in
    (`using X;`, `import x.*;`, `from x import *`), and in Go the last part of the path where none is given.
    ``name`` is the name within the module; none for the module itself (`default` for a default import).
    """

    span: Span
    module: str
    name: str | None = None
    alias: str = ""


class Unit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A file of code, a script, or a script that stands within another file.

    ``package`` is Java's and Go's package, C#'s namespace, empty elsewhere. ``part_of`` says what a script
    within another file is (`jobs.deploy.steps[2].run`); its spans count in the whole file.
    """

    path: str
    language: Language
    imports: tuple[Import, ...] = ()
    body: tuple[Statement, ...] = ()
    package: str = ""
    part_of: str = ""
