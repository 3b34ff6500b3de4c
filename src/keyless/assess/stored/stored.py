"""What a stored credential is found to be: which service it opens, in what form, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

from keyless.assess.clients import ClientUse
from keyless.assess.findings.finding import Confidence, Step
from keyless.assess.flows.flow import Flow
from keyless.assess.syntax.span import Place
from keyless.catalog.client_calls import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A credential, where it is used or as far as it could be followed.

    ``flow`` is the way that it takes, the strongest of them where there are several; ``others`` are more
    places that it may come from. ``use`` is the call that it ends in, none where no code reads it. ``where``
    says in words what it is handed to. ``optional`` is whether an identity may come instead, ``in_vault``
    whether it is kept in a vault.
    """

    service: str
    form: Form
    place: Place
    where: str
    flow: Flow
    confidence: Confidence
    use: ClientUse | None = None
    others: tuple[Flow, ...] = ()
    optional: bool = False
    in_vault: bool = False
    last: Step | None = None
    instead: str = ""
    """What to write in its place, where the file that it stands in has a way of its own."""
    is_command: bool = False
    """Whether it is handed to a command of a script."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """The whole way: from the origin to where the credential is used."""
        return (*self.flow.steps, *(() if self.last is None else (self.last,)))

    @property
    def also(self) -> tuple[Step, ...]:
        """Where the other ways begin, each beginning once."""
        begun = dict.fromkeys(one for flow in self.others for one in flow.steps[:1])
        return tuple(one for one in begun if one not in self.steps)
