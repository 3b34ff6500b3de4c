"""The grammar of conditions, version 2.0: from text to tree, or to an error that points at the character.

```
condition  = term { AND term } | term { OR term }        AND is also &&, OR also ||
term       = NOT term | "(" condition ")" | clause       NOT is also !
clause     = ActionMatches set | SubOperationMatches set | Exists attribute
           | side [ quantifier ":" ] operator side
side       = attribute | value | set
set        = "{" value { "," value } "}"
```

Rules:
- keywords, operators and sources are read without case;
- NOT binds most closely; AND and OR do not mix without parentheses, because Azure asks for them: which of the
  two is meant would be ambiguous;
- several values in a set need a quantifier;
- a condition has at most 8 KB; parentheses and NOT nest at most 64 deep, which is our own limit.

Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-format
Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-faq (the size)
"""

from __future__ import annotations

import re

from keyless.authz.conditions.constants import EXPECTED, read_constant
from keyless.authz.conditions.errors import ConditionError
from keyless.authz.conditions.lexer import Kind, Token, tokens_of
from keyless.authz.conditions.operators import OPERATORS, QUANTIFIERS, Operator, Quantifier
from keyless.authz.conditions.tree import (
    ActionMatches,
    And,
    Attribute,
    Comparison,
    Constant,
    Constants,
    Exists,
    Leaf,
    Node,
    Not,
    Operand,
    Or,
    Span,
    SubOperationMatches,
)
from keyless.model.attributes import AttributeSource
from keyless.model.nearest import nearest

_GUIDLIKE = re.compile(r"[0-9a-f]{8}")
MOST_BYTES = 8192
MOST_NESTED = 64
_AND = {"and", "&&"}
_OR = {"or", "||"}
_NOT = {"not", "!"}
_CLAUSES = (
    "ActionMatches",
    "SubOperationMatches",
    "Exists",
    "NOT",
    *(f"@{source}" for source in AttributeSource),
)
_EXPECTED_CLAUSE = (
    "expected a clause: `ActionMatches{'…'}`, `Exists @…`, or an attribute such as `@Resource[…]`"
)
_MIXED = (
    "expected parentheses: without them it is ambiguous which of AND and OR comes first; "
    "write `(a AND b) OR c` or `a AND (b OR c)`"
)


def parse_tree(text: str) -> Node:
    """The tree of a condition's text; raises ConditionError."""
    if len(text.encode(errors="surrogatepass")) > MOST_BYTES:
        raise ConditionError(text, 0, f"a condition has at most {MOST_BYTES} bytes; write a shorter one")
    reader = _Reader(text)
    tree = reader.condition(0)
    reader.end()
    return tree


class _Reader:
    """Reads tokens from left to right, one method for each rule of the grammar."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens_of(text)
        self._at = 0

    def condition(self, depth: int) -> Node:
        """Terms that are all joined in the same way."""
        parts = [self._term(depth)]
        joined = self._next_joins()
        while self._next_joins() == joined and joined:
            self._take()
            parts.append(self._term(depth))
        if self._next_joins():
            raise self._error(_MIXED)
        if len(parts) == 1:
            return parts[0]
        span = (parts[0].span[0], parts[-1].span[1])
        return And(tuple(parts), span) if joined == "and" else Or(tuple(parts), span)

    def end(self) -> None:
        """Nothing more comes."""
        if self._next.kind is not Kind.END:
            raise self._error("expected AND, OR or the end of the condition")

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        self._at += token.kind is not Kind.END
        return token

    def _error(self, message: str, *close_to: str) -> ConditionError:
        token = self._next
        found = "the condition ends here" if token.kind is Kind.END else f"found `{_shown(token)}`"
        close = nearest(token.value, close_to, 1) if token.kind is Kind.WORD else ()
        meant = f"; did you mean `{close[0]}`?" if close else ""
        return ConditionError(self._text, token.span[0], f"{message}; {found}{meant}")

    def _next_is(self, values: set[str]) -> bool:
        return self._next.kind in {Kind.WORD, Kind.MARK} and self._next.value.casefold() in values

    def _next_joins(self) -> str:
        return "and" if self._next_is(_AND) else "or" if self._next_is(_OR) else ""

    def _mark(self, mark: str, after: str) -> Token:
        if not self._next_is({mark}):
            raise self._error(f"expected `{mark}` {after}")
        return self._take()

    def _term(self, depth: int) -> Node:
        if depth > MOST_NESTED:
            raise self._error(f"parentheses and NOT nest at most {MOST_NESTED} deep here")
        if self._next_is(_NOT):
            start = self._take().span[0]
            part = self._term(depth + 1)
            return Not(part, (start, part.span[1]))
        if self._next_is({"("}):
            self._take()
            inner = self.condition(depth + 1)
            self._mark(")", "to close the parenthesis, or AND or OR")
            return inner
        return self._clause()

    def _clause(self) -> Leaf:
        word = self._next.value.casefold() if self._next.kind is Kind.WORD else ""
        start = self._next.span[0]
        if word == "actionmatches":
            patterns, end = self._patterns("'Provider/type/action'")
            return ActionMatches(patterns, (start, end))
        if word == "suboperationmatches":
            patterns, end = self._patterns("'Blob.List'")
            return SubOperationMatches(patterns, (start, end))
        if word == "exists":
            self._take()
            attribute = self._attribute()
            return Exists(attribute, (start, attribute.span[1]))
        return self._comparison(start)

    def _patterns(self, example: str) -> tuple[tuple[str, ...], int]:
        name = self._take().value
        self._mark("{", f"after `{name}`, as in `{name}{{{example}}}`")
        values, end = self._set()
        for token in values:
            if token.kind is not Kind.TEXT:
                message = f"expected {name}'s pattern in single quotes, such as `{example}`"
                raise ConditionError(self._text, token.span[0], message)
        return tuple(token.value for token in values), end

    def _attribute(self) -> Attribute:
        if self._next.attribute is None:
            raise self._error(
                "expected an attribute after `Exists`, such as `@Request[Provider/type:attribute]`"
            )
        attribute = self._next.attribute
        self._take()
        return attribute

    def _comparison(self, start: int) -> Comparison:
        left, left_span = self._side(_EXPECTED_CLAUSE, _CLAUSES)
        quantifier = self._quantifier()
        operator = self._operator()
        right, right_span = self._side("expected a value, a set `{…}` or an attribute", ())
        return Comparison(
            self._operand(left, left_span, operator, quantifier),
            operator,
            self._operand(right, right_span, operator, quantifier),
            quantifier,
            (start, right_span[1]),
        )

    def _side(self, expected: str, close_to: tuple[str, ...]) -> tuple[Attribute | list[Token], Span]:
        token = self._next
        if token.attribute is not None:
            return token.attribute, self._take().span
        if self._next_is({"{"}):
            self._take()
            values, end = self._set()
            return values, (token.span[0], end)
        if not _is_value(token):
            raise self._error(expected, *close_to)
        return [self._take()], token.span

    def _set(self) -> tuple[list[Token], int]:
        values = [self._value()]
        while self._next_is({","}):
            self._take()
            values.append(self._value())
        return values, self._mark("}", "to close the set, or `,` and another value").span[1]

    def _value(self) -> Token:
        if not _is_value(self._next):
            raise self._error("expected a value in the set, such as `'web'` or a GUID")
        return self._take()

    def _quantifier(self) -> Quantifier | None:
        word = self._next.value.casefold() if self._next.kind is Kind.WORD else ""
        if word not in QUANTIFIERS:
            return None
        self._take()
        self._mark(":", "and an operator after the quantifier, as in `ForAnyOfAnyValues:StringEquals`")
        return QUANTIFIERS[word]

    def _operator(self) -> Operator:
        operator = OPERATORS.get(self._next.value.casefold()) if self._next.kind is Kind.WORD else None
        if operator is None:
            names = [*(each.name for each in OPERATORS.values()), *QUANTIFIERS.values()]
            raise self._error("expected an operator such as `StringEquals`", *names)
        self._take()
        return operator

    def _operand(
        self, side: Attribute | list[Token], span: Span, operator: Operator, quantifier: Quantifier | None
    ) -> Operand:
        if isinstance(side, Attribute):
            return side
        if quantifier is None and len(side) > 1:
            message = (
                "expected one value: several need a quantifier that says how many must match, such as "
                f"`ForAnyOfAnyValues:{operator.name}`"
            )
            raise ConditionError(self._text, span[0], message)
        return Constants(tuple(self._constant(token, operator) for token in side), span)

    def _constant(self, token: Token, operator: Operator) -> Constant:
        constant = read_constant(operator.family, token.value, quoted=token.kind is Kind.TEXT)
        if constant is None:
            expected = EXPECTED[operator.family]
            message = f"expected {expected} with `{operator.name}`; found `{_shown(token)}`"
            raise ConditionError(self._text, token.span[0], message)
        return constant


def _is_value(token: Token) -> bool:
    """Whether a token can be a value: any text, or a word that looks like a number, GUID or truth value."""
    if token.kind is not Kind.WORD:
        return token.kind is Kind.TEXT
    word = token.value.casefold()
    return word in {"true", "false"} or word[0] in "+-0123456789" or _GUIDLIKE.match(word) is not None


def _shown(token: Token) -> str:
    written = f"'{token.value}'" if token.kind is Kind.TEXT else token.value
    return written if len(written) <= 40 else f"{written[:39]}…"
