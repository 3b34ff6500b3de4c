"""Which overload of a call is meant, by what its arguments look like, and which argument has the credential.

Rules:
- of the overloads of a constructor, one that is given a credential object is not the one with a connection
  string, and one that is given an address neither;
- what is given by a variable that holds an object is that object.
"""

from __future__ import annotations

from collections.abc import Sequence

from keyless.assess.calls import CallSite
from keyless.assess.clients.arguments import argument_of
from keyless.assess.clients.kinds import Kind, kind_of
from keyless.assess.clients.nearby import Nearby
from keyless.assess.syntax.expressions import Call, Expr, Literal, Member, Name, Record
from keyless.assess.syntax.walk import Within
from keyless.catalog.client_calls import CredentialCall, Form, Known, Style


class Overloads:
    """Chooses among the calls of a name."""

    def __init__(self, nearby: Nearby) -> None:
        self._nearby = nearby

    def chosen(self, site: CallSite, known: Sequence[Known]) -> tuple[Known, Expr] | None:
        """The first that fits, with the argument that holds the credential."""
        for one in known:
            argument = self.argument(site.call, one[1], site.within)
            if argument is not None and not _is_empty(argument) and self._fits(site, one[1], argument):
                return one, argument
        return None

    def argument(self, call: Call, known: CredentialCall, within: Within) -> Expr | None:
        """The argument that a known call has its credential in."""
        return argument_of(call, known, lambda given: self._object(given, within))

    def _object(self, expression: Expr, within: Within) -> Expr:
        """The object that is given, where it is kept in a variable."""
        if isinstance(expression, Record):
            return expression
        values = [one for one, _ in self._nearby.values(expression, within)]
        return next((one for one in values if isinstance(one, Record)), expression)

    def _fits(self, site: CallSite, call: CredentialCall, argument: Expr) -> bool:
        """Whether an overload is the one that is called, as far as its arguments look like it."""
        kind = self._kind(argument, site.within)
        if call.path or call.style not in {Style.NEW, Style.FUNCTION, Style.STATIC, Style.BUILDER}:
            return True
        if call.form is Form.CONNECTION_STRING:
            others = [one.value for one in site.call.arguments if one.value is not argument]
            return kind not in {Kind.ADDRESS, Kind.CREDENTIAL, Kind.OPTIONS} and not any(
                self._kind(one, site.within) is Kind.CREDENTIAL for one in others
            )
        if call.form is Form.ANY:
            return kind is not Kind.OPTIONS and (kind is not Kind.UNKNOWN or self._has_address(site))
        return True

    def _has_address(self, site: CallSite) -> bool:
        return any(self._kind(one.value, site.within) is Kind.ADDRESS for one in site.call.arguments)

    def _kind(self, expression: Expr, within: Within) -> Kind:
        found = kind_of(expression, self._nearby.declared(expression, within))
        if found is not Kind.UNKNOWN or not isinstance(expression, Name | Member):
            return found
        values = [kind_of(value) for value, _ in self._nearby.values(expression, within)]
        return next((one for one in values if one is not Kind.UNKNOWN), Kind.UNKNOWN)


def _is_empty(argument: Expr) -> bool:
    return isinstance(argument, Literal) and argument.value in (None, "")
