"""A use of a client library: a credential that code hands to a client."""

from __future__ import annotations

from dataclasses import dataclass

from keyless.assess.syntax.expressions import Expr
from keyless.assess.syntax.walk import Within
from keyless.catalog.client_calls import ClientLibrary, CredentialCall, Form


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientUse:
    """A credential that code hands to a client.

    ``at`` is the call, or what is assigned; ``argument`` the expression that the credential is in, which
    stands in ``argument_within``. ``client`` is what the client is called. ``certain`` is whether the
    argument can be nothing but a stored credential; ``optional`` whether an identity may be given instead.
    """

    service: str
    form: Form
    client: str
    argument: Expr
    argument_within: Within
    at: Expr
    within: Within
    library: ClientLibrary
    certain: bool
    optional: bool = False
    through: Expr | None = None
    """The credential object that the argument was put into."""


def use_of(
    library: ClientLibrary, call: CredentialCall, argument: Expr, at: Expr, within: Within, client: str
) -> ClientUse:
    """A use of a call that a library is known to have."""
    return ClientUse(
        service=library.service,
        form=call.form,
        client=client,
        argument=argument,
        argument_within=within,
        at=at,
        within=within,
        library=library,
        certain=call.certain,
    )
