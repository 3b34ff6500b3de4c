"""Decisions for a call's caller, beyond the one on its operation: what its body asks for, what it may see."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from keyless.model.evidence import Outcome
from keyless.model.identities import Principal
from keyless.wire.authorize import Answer, Authorizer, Question, policy_vault
from keyless.wire.errors import Forbidden
from keyless.wire.operation import Operation


class CallersDecider(msgspec.Struct, frozen=True, eq=False):
    """Asks the snapshot that the call itself was decided by, as at its time.

    ``resource`` is what the call's host stands for.
    """

    authorizer: Authorizer
    caller: Principal
    operation: Operation
    resource: object
    now: float

    def may(self, question: Question) -> bool:
        """Whether the caller may do it; nothing is recorded."""
        return self._answer(question).outcome is not Outcome.DENIED

    def demand(self, question: Question) -> None:
        """Make sure that the caller may do it, and record that it was asked.

        Raises:
            Forbidden: it may not.
        """
        answer = self._answer(question)
        for cell in self.authorizer.cells(self.caller, self.operation, question, answer):
            cell.hit()
        if answer.outcome is Outcome.DENIED:
            location = getattr(self.resource, "location", "")
            raise Forbidden(self.caller, question.action, question.scope, location, deny=answer.deny)

    def _answer(self, question: Question) -> Answer:
        vault = policy_vault(self.resource, question.plane)
        asked = question if vault is None else replace(question, vault=vault)
        return self.authorizer.answer(self.caller, asked, self.now)
