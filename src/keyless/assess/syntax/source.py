"""What was read of one file, and what could not be."""

from __future__ import annotations

import enum

import msgspec

from keyless.assess.syntax.code import Unit
from keyless.assess.syntax.documents import Document
from keyless.assess.syntax.span import NOWHERE, Span
from keyless.assess.syntax.templates import Template


class Lack(enum.StrEnum):
    """Why something of a file is not known."""

    NOT_READ = "not-read"
    """It could not be opened, or is no text."""
    TOO_LARGE = "too-large"
    TOO_SLOW = "too-slow"
    """The grammar did not get through in time."""
    TOO_DEEP = "too-deep"
    NOT_PARSED = "not-parsed"
    """The file, or the piece that the span shows, is not understood."""
    FAILED = "failed"
    """A reader or a rule of ours failed on it, which is a bug."""


class Problem(msgspec.Struct, frozen=True, order=True, gc=False):
    """Something of a file that was not understood: the result is incomplete by it."""

    path: str
    lack: Lack
    message: str
    span: Span = NOWHERE


class Remark(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A comment that may hold a credential; ``name`` where it is an assignment that is commented out."""

    span: Span
    name: str
    text: str


class Source(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A file: code, a template, a document, or several of these (a workflow with scripts in it)."""

    path: str
    units: tuple[Unit, ...] = ()
    template: Template | None = None
    document: Document | None = None
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Remark, ...] = ()
