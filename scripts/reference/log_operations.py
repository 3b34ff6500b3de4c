"""`docs/reference/log-operations.md`: what each operation in a log of Azure needs, from the catalog."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from keyless.catalog.log_operations import LogCategory, LogOperation, log_categories
from keyless.evidence.logs.kql.queries import QUERIES
from reference.markdown import code, head, table

_TEXT = """
`keyless evidence import` reads logs of these categories, and takes each operation for the use of the actions
beside it: the least that would have let it through. Operations without an action are counted, and `keyless
evidence imports` lists them with the reason, as it does operations that are not here.

An operation that the activity log names is an action itself, and needs no entry here. Sign-ins are no
accesses: they say what somebody signed in with.
"""
_KQL = """
## Queries

`keyless evidence kql` prints a query for each of these, which counts in Log Analytics what the import would
count.
"""


def page() -> str:
    """The whole page."""
    sections = "".join(_section(name, category) for name, category in log_categories().items())
    rows = ((f"`{one.name}`", code(one.tables)) for one in QUERIES)
    return (
        head("Operations in logs", "src/keyless/catalog/data/log_operations.json", _TEXT)
        + sections
        + (f"{_KQL}\n{table(('query', 'tables'), rows)}")
    )


def _section(name: str, category: LogCategory) -> str:
    sources = ", ".join(f"[{at}]({url})" for at, url in enumerate(category.source, 1))
    if not category.operations:
        return f"\n## {name}\n\nSources: {sources}. Its operations are not documented: none is mapped.\n"
    return f"\n## {name}\n\nSources: {sources}.\n\n{table(('operations', 'need'), _rows(category))}"


def _rows(category: LogCategory) -> Iterator[tuple[str, str]]:
    """Operations that need the same, or need nothing for the same reason, in one row."""
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for name, operation in category.operations.items():
        alike[_need(operation)].append(name)
    for need, names in sorted(alike.items(), key=lambda one: one[1]):
        yield code(names), need


def _need(operation: LogOperation) -> str:
    return " and ".join(f"`{action}`" for _, action in operation.needs()) or f"nothing: {operation.why}"
