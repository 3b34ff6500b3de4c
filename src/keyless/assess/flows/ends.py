"""Expressions of code at which a flow ends: literals, credential objects, reads of keys and of vaults.

Rules:
- credentials of azure-identity end a flow, with a secret in them or without; a builder's chain is what it
  began with;
- a read of a resource's keys by a management client is a key of that resource, and so is whatever is taken
  out of its answer;
- a text is an address, a reference to a vault, or a written value; an empty one is nothing,
  a placeholder no secret.
"""

from __future__ import annotations

from keyless.assess.findings.finding import Step
from keyless.assess.flows.back_calls import argument_at, method_name
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.flows.spot import Spot
from keyless.assess.flows.texts import is_secret_text, pieces
from keyless.assess.flows.tracer import Tracer
from keyless.assess.flows.types import type_of
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.expressions import (
    Call,
    Expr,
    Index,
    Items,
    Joined,
    Literal,
    Member,
    Name,
    dotted,
    text_of,
)
from keyless.catalog.resource_keys import service_of_command
from keyless.catalog.shapes.of_value import shape_of
from keyless.catalog.shapes.placeholders import stands_for_something
from keyless.catalog.shapes.shape import Holds
from keyless.catalog.value_calls import value_calls

_MOST_LINKS = 24
_MOST_STARTS = 32
PLACEHOLDER = "placeholder"
"""The name of flows that begin at a text which only stands for a value."""
_PARSES = frozenset({"loads", "parse", "Parse", "Unmarshal", "decode", "readValue", "Deserialize"})
_RUNS = frozenset(
    {"run", "check_output", "Popen", "popen", "getoutput", "execSync", "exec", "spawnSync", "system"}
)
_ARGUMENTS = frozenset({"sys.argv", "process.argv", "os.Args"})
_PARSED_ARGUMENTS = frozenset({"parse_args", "parse_known_args", "parseArgs"})
_TYPED = frozenset({"input", "getpass", "ReadLine", "readPassword", "ReadPassword"})


def ended(
    origin: Origin,
    spot: Spot,
    at: Expr,
    what: str,
    *,
    service: str = "",
    subject: str = "",
    name: str = "",
    secret: bool = False,
) -> Flow:
    """A flow that begins here: its first step says what is here."""
    place = spot.place(at.span)
    return Flow(origin, place, at, (Step(place, what),), service, subject, name, (), secret)


def called_name(call: Call, spot: Spot) -> str:
    """The last part of what is called, by the name that it has where it is imported from."""
    name = method_name(call)
    imports = spot.within.unit.imports if spot.within is not None and isinstance(call.callee, Name) else ()
    found = next((one.name for one in imports if one.alias == name), None)
    return name if found in {None, "default"} else found or name


def credential_object(call: Call, spot: Spot) -> Flow | None:
    """A credential of azure-identity, or what a chain of its builder's methods makes of it."""
    one: Expr = call
    for _ in range(_MOST_LINKS):
        if isinstance(one, Call):
            name = called_name(one, spot)
            if name in value_calls().identity:
                return ended(Origin.IDENTITY, spot, one, f"identity by `{name}`", name=name)
            if name in value_calls().entra_secrets:
                return ended(Origin.ENTRA_SECRET, spot, one, f"made by `{name}`", service="entra", name=name)
            one = one.callee
        elif isinstance(one, Member):
            one = one.base
        else:
            break
    return None


def vault_read(tracer: Tracer, call: Call, spot: Spot) -> str | None:
    """The name of the secret that a call reads from a vault, empty where it cannot be told; none where it
    reads none."""
    within = spot.within
    known = value_calls().vault_reads.get(method_name(call))
    if known is None or within is None or not isinstance(call.callee, Member):
        return None
    written = type_of(tracer.code, call.callee.base, within)
    marks = value_calls().vault_marks
    imports = any(mark in one.module.casefold() for one in within.unit.imports for mark in marks)
    typed = any(mark in written.casefold() for mark in marks) or any(
        name in written for name in value_calls().vault_types
    )
    if not imports and not typed:
        return None
    position = known[0] + (1 if within.unit.language is Language.GO else 0)
    key = argument_at(call, position, known[1])
    if key is None:
        return ""
    return text_of(key) or next((text for one, _ in tracer.values(key, spot) if (text := text_of(one))), "")


def key_read(tracer: Tracer, expression: Expr, spot: Spot) -> Flow | None:
    """A read of a resource's keys, or what is taken out of one."""
    waiting: list[tuple[Expr, Spot]] = [(expression, spot)]
    seen: set[int] = set()
    for one, at in waiting:
        found, start = _along(one, at)
        if found is not None:
            return found
        if start is not one and id(start) not in seen and len(waiting) < _MOST_STARTS:
            seen.add(id(start))
            waiting.extend(value for value in tracer.values(start, at) if value[0] is not start)
    return None


def _along(expression: Expr, spot: Spot) -> tuple[Flow | None, Expr]:
    """The read of keys in a chain of calls and members, and what the chain starts at."""
    one = expression
    for _ in range(_MOST_LINKS):
        if isinstance(one, Call) and (found := _reads_keys(one, spot)) is not None:
            return found, one
        if isinstance(one, Call):
            parsed = method_name(one) in _PARSES and one.arguments
            one = one.arguments[0].value if parsed else one.callee
        elif isinstance(one, Member | Index):
            one = one.base
        else:
            break
    return None, one


def _reads_keys(call: Call, spot: Spot) -> Flow | None:
    written = dotted(call.callee) or method_name(call)
    for name, service in value_calls().key_reads.items():
        if service and (written == name or written.endswith(f".{name}")):
            return ended(
                Origin.KEY_OF_RESOURCE, spot, call, f"read with `{name}`", service=service, secret=True
            )
    return _runs_az(call, spot) if method_name(call) in _RUNS and call.arguments else None


def _runs_az(call: Call, spot: Spot) -> Flow | None:
    """A process that runs `az … keys list`: its words as one text, or as a list."""
    first = call.arguments[0].value
    parts = (
        pieces(first) if isinstance(first, Joined) else first.items if isinstance(first, Items) else (first,)
    )
    words = " ".join(text_of(one) or "-" for one in parts).split()
    if words[:1] != ["az"]:
        return None
    asked = next((number for number, word in enumerate(words) if word.startswith("-")), len(words))
    service = service_of_command(tuple(words[1:asked]))
    shown = " ".join(words[:asked])
    return (
        None
        if service is None
        else ended(Origin.KEY_OF_RESOURCE, spot, call, f"read with `{shown}`", service=service, secret=True)
    )


def command_line(tracer: Tracer, expression: Expr, spot: Spot) -> Flow | None:
    """What whoever starts the program gives it: `args.key` of a parser, `sys.argv[1]`, an answer typed in."""
    if isinstance(expression, Call) and method_name(expression) in _TYPED:
        return ended(Origin.PARAMETER, spot, expression, "typed in", name=method_name(expression))
    if not isinstance(expression, Member | Index):
        return None
    if dotted(expression.base) in _ARGUMENTS:
        return ended(Origin.PARAMETER, spot, expression, "argument of the command line")
    for value, _ in tracer.values(expression.base, spot) if isinstance(expression, Member) else ():
        if isinstance(value, Call) and method_name(value) in _PARSED_ARGUMENTS:
            name = expression.name if isinstance(expression, Member) else ""
            return ended(
                Origin.PARAMETER, spot, expression, f"argument `{name}` of the command line", name=name
            )
    return None


def literal(one: Literal, spot: Spot) -> Flow | None:
    """What a literal is; none for what is no text, or is empty."""
    text = one.value
    if not isinstance(text, str) or not text.strip():
        return None
    shape = shape_of(text)
    if shape.holds is Holds.REFERENCE:
        return ended(Origin.VAULT, spot, one, "reference to a vault", service="keyvault")
    if shape.holds is not Holds.CREDENTIAL and is_address(text):
        return ended(Origin.ADDRESS, spot, one, "address")
    if stands_for_something(text):
        return ended(Origin.ADDRESS, spot, one, "stands for a value", name=PLACEHOLDER)
    secret = shape.holds is Holds.CREDENTIAL or is_secret_text(text)
    service = next(iter(shape.services), "")
    return ended(Origin.WRITTEN, spot, one, "written here", service=service, secret=secret)


def is_address(text: str) -> bool:
    """Whether a text is an endpoint or a connection string without a secret."""
    if is_secret_text(text):
        return False
    plain = text.casefold()
    return (
        "://" in plain
        or (";" in plain and "=" in plain)
        or plain.rstrip("/").endswith((".net", ".com", ".azure.us"))
    )


def is_placeholder(text: str) -> bool:
    """Whether a text only stands for a value."""
    return stands_for_something(text)
