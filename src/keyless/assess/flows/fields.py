"""What is kept in the fields of objects: what a class writes to one, wherever it does.

Rules:
- a field is written in the body of its class, by its methods through `self`, `this` or the receiver, and in
  Java and C# through its bare name where no parameter has the same; constructors come first;
- fields of the classes that a class derives from are its own.
"""

from __future__ import annotations

from keyless.assess.flows.code import Code
from keyless.assess.flows.definitions import Defined, DefinedClass
from keyless.assess.flows.writes import Write
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.walk import Within

BARE_FIELDS = frozenset({Language.CSHARP, Language.JAVA})
"""Languages whose methods name the fields of their objects without saying whose they are."""


def field_writes(code: Code, of: DefinedClass, name: str) -> list[tuple[Write, Within]]:
    """The writes of a field, and what each stands in."""
    key = (id(of.declared), name)
    if key not in code.fields:
        code.fields[key] = _field_writes(code, of, name)
    return code.fields[key]


def _field_writes(code: Code, of: DefinedClass, name: str) -> list[tuple[Write, Within]]:
    found: list[tuple[Write, Within]] = []
    for one in code.defined.family(of):
        found += [(write, one.within) for write in code.writes(one.declared).of(name)]
        for method in _methods(code, one):
            found += [(write, method.within) for write in _written_by(code, method, name)]
    return found


def _methods(code: Code, of: DefinedClass) -> list[Defined]:
    """Constructors first."""
    named = code.defined.methods[id(of.declared)]
    found = [one for methods in named.values() for one in methods]
    if of.within.unit.language is Language.GO:
        found += code.defined.receiving.get(of.declared.name, [])
    return sorted(found, key=lambda one: not one.is_constructor)


def _written_by(code: Code, method: Defined, name: str) -> list[Write]:
    writes = code.writes(method.function)
    receiver = method.function.receiver
    if receiver is not None:
        return writes.of(f"{receiver.name}.{name}")
    found = writes.of(f"self.{name}") + writes.of(f"this.{name}")
    bare = method.within.unit.language in BARE_FIELDS
    if bare and all(one.name != name for one in method.function.parameters):
        found = found + [one for one in writes.of(name) if _is_of_field(one)]
    return found


def _is_of_field(write: Write) -> bool:
    """Whether a bare name that is written is no variable of the method's own."""
    statement = write.statement
    return getattr(statement, "type", "") is None and not getattr(statement, "words", ())
