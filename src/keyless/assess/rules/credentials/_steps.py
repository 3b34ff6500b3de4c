"""Steps of workflows and tasks of pipelines, with what is around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keyless.assess.findings.finding import Step
from keyless.assess.repository import Repository
from keyless.assess.syntax.documents import Document, DocumentKind
from keyless.assess.syntax.expressions import (
    Entry,
    Expr,
    Items,
    Member,
    Name,
    Record,
    dotted,
    entry_of,
    text_of,
    within,
)
from keyless.assess.syntax.records import entries_at
from keyless.assess.syntax.span import Place

PIPELINES = frozenset({DocumentKind.GITHUB_WORKFLOW, DocumentKind.AZURE_PIPELINE})
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class PipelineStep:
    """A step: ``action`` is what it uses, without version, in small letters, and ``given`` its inputs."""

    document: Document
    workflow: Expr
    job: Record | None
    record: Record
    action: str
    given: Record | None

    def input(self, *names: str) -> Entry | None:
        """The first of these inputs that is given, and not empty."""
        found = (entry_of(self.given, name) for name in names)
        return next((one for one in found if one is not None and text_of(one.value) != ""), None)

    def place(self, entry: Entry) -> Place:
        """The place of an entry."""
        return Place(self.document.path, entry.span)


def pipelines(repository: Repository) -> Iterator[Document]:
    """Workflows of GitHub, actions, and Azure Pipelines."""
    return (one for one in repository.documents if one.kind in PIPELINES)


def steps_of(document: Document) -> Iterator[PipelineStep]:
    """Every step that uses an action or runs a task."""
    for root in document.roots:
        for job, record in _records(root):
            uses = entry_of(record, "uses") or entry_of(record, "task")
            if uses is None:
                continue
            given = entry_of(record, "with") or entry_of(record, "inputs")
            inputs = given.value if given is not None and isinstance(given.value, Record) else None
            action = (text_of(uses.value) or "").partition("@")[0].casefold()
            yield PipelineStep(document, root, job, record, action, inputs)


def environments_of(document: Document) -> Iterator[Entry]:
    """Every entry of an environment, and of variables of a pipeline."""
    for root in document.roots:
        for _, record in _records(root):
            for key in ("env", "variables"):
                yield from entries_at(record, key)


def _records(root: Expr) -> Iterator[tuple[Record | None, Record]]:
    """Every record with the job that it is in, in the order of the file."""
    waiting: list[tuple[Record | None, Expr]] = [(None, root)]
    left = _MOST
    while waiting and left:
        left -= 1
        job, value = waiting.pop()
        if isinstance(value, Record):
            yield job, value
            own = value if entry_of(value, "steps") is not None else job
            waiting.extend((own, one.value) for one in reversed(value.entries))
        elif isinstance(value, Items):
            waiting.extend((job, one) for one in reversed(value.items))


def names_in(value: Expr) -> set[str]:
    """The variables and secrets that an expression names, in small letters."""
    found: set[str] = set()
    for one in within(value):
        if isinstance(one, Member):
            found.add((dotted(one) or one.name).rpartition(".")[2].casefold())
        elif isinstance(one, Name):
            found.add(one.id.casefold())
    return found


def secret_in(value: Expr) -> str:
    """The name of the pipeline's secret that a value is, empty where it is none or of several."""
    found = [dotted(one) or "" for one in within(value) if isinstance(one, Member)]
    secrets = [one.rpartition(".")[2] for one in found if one.startswith(("secrets.", "variables."))]
    return secrets[0] if len(secrets) == 1 else ""


def stored_at(path: str, value: Expr) -> tuple[Step, ...]:
    """The step that says which secret of the pipeline a value is; none where that is not plain."""
    name = secret_in(value)
    what = f"stored as the secret `{name}` of the pipeline"
    return (Step(Place(path, value.span), what),) if name else ()
