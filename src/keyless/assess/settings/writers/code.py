"""What code itself writes as settings: the environment of its process, and configuration that is code.

Rules:
- `os.environ["X"] = …`, `process.env.X = …`, `app.config["X"] = …`, and the functions that do so;
- what stands at the top of Django's `settings.py` in capitals are settings, as `django.conf` reads them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from keyless.assess.flows.code import Code, code
from keyless.assess.repository import Repository
from keyless.assess.settings.setting import Written, setting_of
from keyless.assess.settings.writers.where import is_for_tests
from keyless.assess.syntax.code import Language, Unit
from keyless.assess.syntax.expressions import Call, Expr, text_of
from keyless.assess.syntax.span import Place, Span
from keyless.assess.syntax.walk import Within

_OBJECTS = ("os.environ.", "process.env.", "app.config.")
_FUNCTIONS = ("Setenv", "SetEnvironmentVariable", "setProperty", "putenv")
_OF_OBJECTS = frozenset({Language.PYTHON, Language.JAVASCRIPT})
_LANGUAGES = frozenset({Language.PYTHON, Language.JAVASCRIPT, Language.CSHARP, Language.JAVA, Language.GO})


def of_code(repository: Repository) -> Iterator[Written]:
    """What the code writes, in no order that matters."""
    known = repository.view(code)
    for unit in repository.units:
        if unit.language in _OF_OBJECTS:
            yield from _of_bodies(known, unit)
    for name in _FUNCTIONS:
        for one in known.calls_named(name):
            yield from _of_call(one.call, one.within)


def _of_bodies(known: Code, unit: Unit) -> Iterator[Written]:
    path = PurePosixPath(unit.path)
    django = unit.language is Language.PYTHON and "settings" in {path.stem, path.parent.name}
    bodies = [(Within(unit), known.writes(unit))]
    bodies += [(one.within, known.writes(one.function)) for one in known.functions_of(unit)]
    for within, writes in bodies:
        for name, several in writes.by_name.items():
            at_top = django and not within.functions and name.isupper()
            if at_top or name.startswith(_OBJECTS):
                key = name if at_top else name.split(".", 2)[2]
                yield from (
                    _written(key, one.value, one.span, within) for one in several if one.value is not None
                )


def _of_call(call: Call, within: Within) -> Iterator[Written]:
    if len(call.arguments) >= 2 and within.unit.language in _LANGUAGES:
        name = text_of(call.arguments[0].value)
        if name:
            yield _written(name, call.arguments[1].value, call.span, within)


def _written(name: str, value: Expr, span: Span, within: Within) -> Written:
    path = within.unit.path
    return Written(
        setting=setting_of(name),
        name=name,
        value=value,
        place=Place(path, span),
        by="code",
        runs=not is_for_tests(path),
        within=within,
    )
