"""Parameters that are fields as well: those of a primary constructor, of a record."""

from __future__ import annotations

from collections.abc import Iterable

from keyless.assess.syntax.expressions import Assign, Member, Name, Parameter


def fields(parameters: Iterable[Parameter]) -> tuple[Assign, ...]:
    """The fields that there are for parameters; their marks are left to the parameters."""
    return tuple(Assign(one.span, Name(one.span, one.name), None, one.type) for one in parameters)


def set_fields(parameters: Iterable[Parameter]) -> tuple[Assign, ...]:
    """What the constructor does with them: `this.a = a`."""
    return tuple(_set(one) for one in parameters)


def _set(parameter: Parameter) -> Assign:
    span = parameter.span
    field = Member(span, Name(span, "this"), parameter.name)
    return Assign(span, field, Name(span, parameter.name))
