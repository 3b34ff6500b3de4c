"""A condition that was read once and is evaluated often, and what an evaluation yields."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from functools import lru_cache

from keyless.authz.conditions.evaluation import Evaluation, compiled
from keyless.authz.conditions.facts import UTC_NOW, Facts
from keyless.authz.conditions.parser import parse_tree
from keyless.authz.conditions.printing import write_tree
from keyless.authz.conditions.reasons import why_not_evaluated
from keyless.authz.conditions.tree import Attribute, Leaf, Node, attributes_of, leaves
from keyless.model.attributes import Scalar


class Outcome(enum.StrEnum):
    """How a clause came out."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "could not be evaluated"


@dataclass(frozen=True, slots=True)
class Found:
    """The values of one attribute; None if there is no value, or none is known."""

    attribute: str
    values: tuple[Scalar, ...] | None


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a condition as it was evaluated; ``start`` and ``end`` are its span in the text.

    ``reason`` says why it could not be evaluated, and is None where it could.
    """

    text: str
    start: int
    end: int
    outcome: Outcome
    found: tuple[Found, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of version 2.0; two are equal if their texts are."""

    text: str
    tree: Node = field(compare=False, repr=False)
    attributes: tuple[Attribute, ...] = field(compare=False, repr=False)
    run: Evaluation = field(compare=False, repr=False)

    @property
    def uses_time(self) -> bool:
        """Whether the outcome may change by itself as time passes."""
        return any(attribute.key == UTC_NOW.key for attribute in self.attributes)

    def __str__(self) -> str:
        return write_tree(self.tree)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of evaluating a condition: it holds only where ``outcome`` is true."""

    condition: Condition
    facts: Facts
    outcome: Outcome

    @property
    def holds(self) -> bool:
        """Whether the condition lets its assignment grant."""
        return self.outcome is Outcome.TRUE

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """Every clause by itself, in the order of the text, those too that settled nothing."""
        return tuple(self._clause(leaf) for leaf in leaves(self.condition.tree))

    def _clause(self, leaf: Leaf) -> Clause:
        start, end = leaf.span
        outcome = _OUTCOMES[compiled(leaf)(self.facts)]
        return Clause(
            text=self.condition.text[start:end],
            start=start,
            end=end,
            outcome=outcome,
            found=tuple(Found(str(each), self.facts.values(each.key)) for each in attributes_of(leaf)),
            reason=why_not_evaluated(leaf, self.facts) if outcome is Outcome.UNKNOWN else None,
        )


_OUTCOMES = {True: Outcome.TRUE, False: Outcome.FALSE, None: Outcome.UNKNOWN}


@lru_cache(maxsize=1024)
def parse(text: str) -> Condition:
    """Read a condition; raises ConditionError, which points at the character."""
    tree = parse_tree(text)
    return Condition(text, tree, _attributes(tree), compiled(tree))


def evaluate(condition: Condition, facts: Facts) -> Verdict:
    """Evaluate a condition on what is known of a request."""
    return Verdict(condition, facts, _OUTCOMES[condition.run(facts)])


def _attributes(tree: Node) -> tuple[Attribute, ...]:
    """The attributes that a tree looks at, each once, in the order of the text."""
    by_key: dict[str, Attribute] = {}
    for leaf in leaves(tree):
        for attribute in attributes_of(leaf):
            by_key.setdefault(attribute.key, attribute)
    return tuple(by_key.values())
