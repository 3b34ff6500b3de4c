"""An assessment as JSON, by the schema in `docs/reference/assessment.schema.json`.

Rules:
- what is told and what is allowed are in one list, each with its `status`;
- texts of files are not in it, so nothing of a credential is.
"""

from __future__ import annotations

import datetime
import enum

import msgspec

from keyless.assess.components.component import Authentication, Component
from keyless.assess.findings.finding import Confidence, Finding, Fix, Remedy, Severity, Step
from keyless.assess.report import SCHEMA, Report, Scope
from keyless.assess.rules.rule import Group
from keyless.assess.standing.allowances import Allowance
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.source import Lack
from keyless.assess.syntax.span import Place, Span
from keyless.model.actions import ActionPlane
from keyless.model.visible import inert_json


class Status(enum.StrEnum):
    """What becomes of a finding."""

    OPEN = "open"
    ALLOWED = "allowed"


class PlaceJson(msgspec.Struct, frozen=True, rename="camel"):
    """A piece of a file: lines and columns count from 1, columns in characters; the end is not part of it."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


class StepJson(msgspec.Struct, frozen=True, rename="camel"):
    """A place on the way of a credential, and what happens there."""

    place: PlaceJson
    what: str


class FindingJson(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One departure from the guidance. `place` is what has to change, `steps` the way of the credential,
    `also` where else it may come from."""

    rule: str
    group: Group
    severity: Severity
    confidence: Confidence
    status: Status
    message: str
    place: PlaceJson
    fingerprint: str
    service: str = ""
    subject: str = ""
    steps: tuple[StepJson, ...] = ()
    also: tuple[StepJson, ...] = ()
    remedy: Remedy | None = None
    fix: Fix | None = None
    allowance: Allowance | None = None
    """What allows it, or allowed it until its last day."""
    days_left: int | None = None


class ProblemJson(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Something that could not be read or understood; `line` is 0 where it is a whole file."""

    path: str
    lack: Lack
    message: str
    line: int = 0


class GoneJson(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An entry of the baseline whose finding is no more."""

    rule: str
    path: str
    fingerprint: str


class RuleJson(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A rule that was looked for."""

    id: str
    group: Group
    title: str


class ComputeJson(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A resource that runs a component: its type, and what the template calls it."""

    type: str
    symbol: str
    place: PlaceJson


class UsedServiceJson(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A service that a component uses, by its key, how its code signs in, and the first place of it."""

    service: str
    authentication: Authentication
    place: PlaceJson


class OperationJson(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An operation of a service that code calls, at the first place of each file; `actions` show it."""

    service: str
    operation: str
    plane: ActionPlane
    actions: tuple[str, ...]
    method: str
    place: PlaceJson


class ComponentJson(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A part that is deployed by itself, in the folder `root`. `keyless plan --assessment` reads this."""

    name: str
    root: str
    known_by: tuple[str, ...]
    languages: tuple[Language, ...] = ()
    host: str = ""
    compute: tuple[ComputeJson, ...] = ()
    services: tuple[UsedServiceJson, ...] = ()
    operations: tuple[OperationJson, ...] = ()


class Counts(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """How many there are: `leftOut` are files by why, the others findings that are not listed."""

    files: int
    open: int
    allowed: int
    in_baseline: int
    below_thresholds: int
    on_unchanged_lines: int
    left_out: dict[str, int]


class AssessmentJson(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An assessment. `complete` is false where something could not be read or understood."""

    schema: int = SCHEMA
    version: str
    date: datetime.date
    scope: Scope
    complete: bool
    exit_code: int
    counts: Counts
    findings: tuple[FindingJson, ...]
    problems: tuple[ProblemJson, ...]
    gone: tuple[GoneJson, ...] = ()
    unused_allowances: tuple[Allowance, ...] = ()
    notices: tuple[str, ...] = ()
    rules: tuple[RuleJson, ...] = ()
    components: tuple[ComponentJson, ...] = ()


def json_text(report: Report) -> str:
    """The report as JSON: the same things in the same order each time."""
    return inert_json(msgspec.json.format(msgspec.json.encode(as_json(report)), indent=1).decode() + "\n")


def as_json(report: Report) -> AssessmentJson:
    """The report in the form of the file."""
    standing = report.standing
    return AssessmentJson(
        version=report.version,
        date=report.date,
        scope=report.scope,
        complete=not report.problems,
        exit_code=report.exit_code,
        counts=_counts(report),
        findings=_findings(report),
        problems=tuple(
            ProblemJson(path=one.path, lack=one.lack, message=one.message, line=one.span.line)
            for one in report.problems
        ),
        gone=tuple(
            GoneJson(rule=one.rule, path=one.path, fingerprint=one.fingerprint) for one in standing.gone
        ),
        unused_allowances=standing.unused,
        notices=report.notices,
        rules=tuple(RuleJson(id=one.id, group=one.group, title=one.title) for one in report.rules),
        components=tuple(map(_component, report.components)),
    )


def _counts(report: Report) -> Counts:
    standing = report.standing
    return Counts(
        files=report.files,
        open=len(standing.told),
        allowed=len(standing.allowed),
        in_baseline=standing.known,
        below_thresholds=standing.below,
        on_unchanged_lines=standing.unchanged,
        left_out=report.left_out,
    )


def _findings(report: Report) -> tuple[FindingJson, ...]:
    """What is told and what is allowed, in the order of files and lines."""
    standing = report.standing
    groups = {one.id: one.group for one in report.rules}
    told = [_finding(one.finding, groups, one.fingerprint, Status.OPEN, one.expired) for one in standing.told]
    allowed = [
        _finding(one.finding, groups, one.fingerprint, Status.ALLOWED, one.allowance, one.days_left)
        for one in standing.allowed
    ]
    return tuple(sorted([*told, *allowed], key=lambda one: (one.place.path, one.place.line, one.rule)))


def _component(one: Component) -> ComponentJson:
    return ComponentJson(
        name=one.name,
        root=one.root,
        known_by=one.known_by,
        languages=one.languages,
        host=one.host,
        compute=tuple(
            ComputeJson(type=each.type, symbol=each.symbol, place=_place(each.place)) for each in one.compute
        ),
        services=tuple(
            UsedServiceJson(
                service=each.service, authentication=each.authentication, place=_place(each.place)
            )
            for each in one.services
        ),
        operations=tuple(
            OperationJson(
                service=each.service,
                operation=each.operation,
                plane=each.plane,
                actions=each.actions,
                method=each.method,
                place=_place(each.place),
            )
            for each in one.operations
        ),
    )


def _finding(
    one: Finding,
    groups: dict[str, Group],
    fingerprint: str,
    status: Status,
    allowance: Allowance | None,
    days_left: int | None = None,
) -> FindingJson:
    return FindingJson(
        rule=one.rule,
        group=groups[one.rule],
        severity=one.severity,
        confidence=one.confidence,
        status=status,
        message=one.message,
        place=_place(one.place),
        fingerprint=fingerprint,
        service=one.service,
        subject=one.subject,
        steps=_steps(one.steps),
        also=_steps(one.also),
        remedy=one.remedy,
        fix=one.fix,
        allowance=allowance,
        days_left=days_left,
    )


def _steps(steps: tuple[Step, ...]) -> tuple[StepJson, ...]:
    return tuple(StepJson(_place(step.place), step.what) for step in steps)


def _place(place: Place) -> PlaceJson:
    span: Span = place.span
    return PlaceJson(place.path, span.line, span.column, span.end_line, span.end_column)
