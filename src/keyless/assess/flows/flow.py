"""A flow: where a value comes from, and the way that it takes to where it is used.

The steps are in the order of the way: the origin first, the use last.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from keyless.assess.findings.finding import Step
from keyless.assess.syntax.expressions import Expr
from keyless.assess.syntax.span import Place


class Origin(enum.StrEnum):
    """What a value is at the place that it comes from."""

    KEY_OF_RESOURCE = "key-of-resource"
    """Read from a resource of the cloud: `listKeys()`, `primary_access_key`, `az ... keys list`."""
    WRITTEN = "written"
    """A literal that stands in a file."""
    VAULT = "vault"
    """Read from Key Vault, by a client or a reference."""
    PIPELINE_SECRET = "pipeline-secret"
    SETTING = "setting"
    """A setting that nothing in the repository writes."""
    PARAMETER = "parameter"
    """A parameter of a template, or of a function that nothing in the repository calls."""
    GENERATED = "generated"
    """Drawn at deployment: `newGuid()`, `random_password`, `uniqueString`."""
    IDENTITY = "identity"
    """A credential object of azure-identity that needs no secret."""
    ENTRA_SECRET = "entra-secret"
    """A credential object that is made with a secret, certificate or password."""
    ADDRESS = "address"
    """An endpoint, host or name: nothing secret in it."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Flow:
    """One way that a value takes.

    ``service`` and ``subject`` are the key of the service and the name of the resource that a key is of;
    ``name`` is that of a setting, secret or parameter; ``at`` is the expression at the origin.
    """

    origin: Origin
    place: Place
    at: Expr
    steps: tuple[Step, ...] = ()
    service: str = ""
    subject: str = ""
    name: str = ""
    also: tuple[Place, ...] = ()
    """Places that other ways from the same origin to the same use go through."""
    secret: bool = False
    """Whether the place itself says that the value is secret: a secure parameter, a drawn password."""
    by_vault: str = ""
    """The secret of a vault that the value is kept in on the way."""


_CREDENTIALS = frozenset({Origin.KEY_OF_RESOURCE, Origin.VAULT, Origin.PIPELINE_SECRET, Origin.ENTRA_SECRET})


def is_credential(flow: Flow) -> bool:
    """Whether what a flow brings is a stored credential, whatever it is used for.

    A written text is one by its shape; whether any other text, setting or parameter is depends on the use.
    """
    return flow.secret or flow.origin in _CREDENTIALS
