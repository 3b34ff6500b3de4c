"""An assessment as SARIF 2.1.0, for code scanning.

Rules:
- `locations` has the place that has to change; the way of a credential is a code flow, the origin first;
- a fingerprint stays when lines move (``keyless.assess.standing.fingerprints``);
- what could not be read is a notification of the invocation, which then was not successful unless that is
  allowed; what is allowed in the repository is a suppressed result with its reason;
- addresses are relative to the root of the repository, which is what code scanning expects; columns count in
  characters;
- no text of a file is in it, and no name in a message is a link.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from keyless.assess.findings.finding import Confidence, Finding, Severity, Step
from keyless.assess.report import Report, RuleTold
from keyless.assess.standing.allowances import Allowance
from keyless.assess.standing.standing import AllowedFinding, Told
from keyless.assess.syntax.source import Problem
from keyless.assess.syntax.span import Place
from keyless.model.visible import inert_json

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_FINGERPRINT = "keyless/v1"
_ROOT = "%SRCROOT%"
_LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
_SECURITY = {Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "3.0"}
_PRECISION = {Confidence.HIGH: "very-high", Confidence.MEDIUM: "high", Confidence.LOW: "medium"}
Json = dict[str, Any]


def sarif_text(report: Report) -> str:
    """The log as JSON."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report)]}
    return inert_json(json.dumps(log, indent=1, ensure_ascii=False) + "\n")


def _run(report: Report) -> Json:
    writer = _Writer(report)
    return {
        "tool": {
            "driver": {
                "name": "Keyless",
                "version": report.version,
                "semanticVersion": report.version,
                "rules": [_rule(one) for one in report.rules],
            }
        },
        "automationDetails": {"id": "keyless/assess"},
        "columnKind": "unicodeCodePoints",
        "invocations": [writer.invocation()],
        "results": writer.results(),
        "properties": {"files": report.files, "leftOut": report.left_out},
    }


def _rule(rule: RuleTold) -> Json:
    text = f"{rule.why.strip()}\n\n{rule.instead.strip()}"
    links = "".join(f"\n- <{one}>" for one in rule.sources)
    described: Json = {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.id.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why.strip()},
        "help": {"text": text, "markdown": f"{text}\n{links}" if links else text},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": ["security", "keyless", rule.group.value],
            "precision": _PRECISION[rule.confidence],
            "security-severity": _SECURITY[rule.severity],
        },
    }
    if rule.sources:
        described["helpUri"] = rule.sources[0]
    return described


class _Writer:
    """The parts of a run that name files."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._index = {one.id: at for at, one in enumerate(report.rules)}

    def results(self) -> list[Json]:
        """What is told and what is allowed, in the order of places."""
        standing = self._report.standing
        every: Sequence[Told | AllowedFinding] = sorted(
            [*standing.told, *standing.allowed], key=lambda one: (one.finding.place, one.finding.rule)
        )
        return [self._result(one) for one in every]

    def _result(self, one: Told | AllowedFinding) -> Json:
        finding = one.finding
        result: Json = {
            "ruleId": finding.rule,
            "ruleIndex": self._index[finding.rule],
            "level": _LEVELS[finding.severity],
            "message": {"text": _message(finding)},
            "locations": [self._location(finding.place)],
            "partialFingerprints": {_FINGERPRINT: one.fingerprint},
            "properties": _properties(finding),
        }
        if finding.steps:
            steps = [self._step(step) for step in finding.steps]
            result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
        if finding.also:
            result["relatedLocations"] = [self._also(step) for step in finding.also]
        if isinstance(one, AllowedFinding):
            result["suppressions"] = [_suppression(one.allowance)]
        return result

    def _step(self, step: Step) -> Json:
        return {"location": {**self._location(step.place), "message": {"text": _plain(step.what)}}}

    def _also(self, step: Step) -> Json:
        return {**self._location(step.place), "message": {"text": f"also from: {_plain(step.what)}"}}

    def _location(self, place: Place) -> Json:
        physical: Json = {"artifactLocation": self._address(place.path)}
        span = place.span
        if span.line:
            physical["region"] = {
                "startLine": span.line,
                "startColumn": span.column,
                "endLine": span.end_line,
                "endColumn": span.end_column,
            }
        return {"physicalLocation": physical}

    def _address(self, path: str) -> Json:
        return {"uri": quote(self._report.scope.prefix + path, safe="/"), "uriBaseId": _ROOT}

    def invocation(self) -> Json:
        """How it went: what could not be read, and what is wrong with comments and configuration."""
        report = self._report
        made: Json = {"executionSuccessful": report.exit_code != 3, "exitCode": report.exit_code}
        made["toolExecutionNotifications"] = [self._notification(one) for one in report.problems]
        made["toolConfigurationNotifications"] = [
            {"level": "warning", "message": {"text": text}} for text in report.notices
        ]
        return made

    def _notification(self, problem: Problem) -> Json:
        told: Json = {
            "descriptor": {"id": problem.lack.value},
            "level": "error",
            "message": {"text": problem.message},
        }
        if problem.path:
            told["locations"] = [self._location(Place(problem.path, problem.span))]
        return told


def _message(finding: Finding) -> str:
    remedy = finding.remedy
    if remedy is None or not remedy.instead:
        return _plain(finding.message)
    return f"{_plain(finding.message)}. Instead:\n{remedy.instead}"


def _plain(text: str) -> str:
    """A text that no viewer takes for one with a link, `[words](address)`."""
    return text.replace("](", "] (")


def _properties(finding: Finding) -> Json:
    about = {"confidence": finding.confidence.value, "service": finding.service, "subject": finding.subject}
    return {key: value for key, value in about.items() if value}


def _suppression(allowance: Allowance) -> Json:
    until = f" (until {allowance.until})" if allowance.until else ""
    return {
        "kind": "inSource" if allowance.line else "external",
        "status": "accepted",
        "justification": f"{allowance.reason}{until}",
    }
