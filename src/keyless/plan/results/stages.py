"""A plan as steps in a safe order, each with the way back."""

from __future__ import annotations

import enum

import msgspec


class StageKey(enum.StrEnum):
    """The stages, in the order in which they are carried out; the value names their files."""

    PREPARE = "0-prepare"
    GRANT = "1-grant"
    WAIT = "2-wait"
    SWITCH = "3-switch"
    VERIFY = "4-verify"
    REVOKE = "5-revoke"
    REVOKE_UNCERTAIN = "6-revoke-uncertain"
    LOCAL_AUTH_OFF = "9-local-auth-off"


class Asked(msgspec.Struct, frozen=True, rename="camel"):
    """A word of a command that is known only then: ``prefix``, and behind it what another command prints."""

    command: tuple[str, ...]
    prefix: str = ""


Word = str | Asked


class Command(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A command as its words.

    It is left out where ``unless`` prints ``prints`` already, and then never taken back; one that
    ``must_print`` has failed where it prints nothing.
    """

    words: tuple[Word, ...]
    unless: tuple[str, ...] = ()
    prints: str = ""
    must_print: bool = False


class Step(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One change: ``what`` is done, to which ``target`` (an id), and for what ``reason``.

    ``do`` carries it out and ``undo`` brings back what was there before; ``by_hand`` is what a person has to
    do, where no command can. Where it is not ``reversible``, ``remark`` says what there is instead.
    ``by_template`` says that the writers of Bicep, ARM and Terraform carry it out as well.
    """

    what: str
    target: str
    reason: str
    do: tuple[Command, ...] = ()
    undo: tuple[Command, ...] = ()
    by_hand: str = ""
    reversible: bool = True
    remark: str = ""
    by_template: bool = False


class Stage(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Steps that belong together; the next stage begins when ``wait_s`` seconds have passed.

    ``left_out`` says what could be done here and is not, and why. An ``optional`` stage can be left out.
    """

    key: StageKey
    title: str
    what: str
    steps: tuple[Step, ...] = ()
    wait_s: int = 0
    optional: bool = False
    left_out: tuple[str, ...] = ()
