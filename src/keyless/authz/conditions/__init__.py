"""Azure ABAC conditions, version 2.0: read once into a tree, evaluated on the facts of a request.

``parse`` says what is wrong with a text and where; ``evaluate`` says whether a condition holds, and clause by
clause why. What cannot be evaluated never holds. Pure: the time is a fact like any other
(`@Environment[UtcNow]`).

Left to others: which facts a request has (each plane says that of its operations), what a condition guards.

Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-format
"""

from keyless.authz.conditions.condition import Clause, Condition, Found, Outcome, Verdict, evaluate, parse
from keyless.authz.conditions.errors import ConditionError
from keyless.authz.conditions.facts import Facts
from keyless.authz.conditions.tree import Attribute
from keyless.model.attributes import AttributeSource, Beginning, Scalar, Value

__all__ = [
    "Attribute",
    "AttributeSource",
    "Beginning",
    "Clause",
    "Condition",
    "ConditionError",
    "Facts",
    "Found",
    "Outcome",
    "Scalar",
    "Value",
    "Verdict",
    "evaluate",
    "parse",
]
