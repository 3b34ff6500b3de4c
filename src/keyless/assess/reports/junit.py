"""An assessment as JUnit's XML, which every pipeline shows.

Rules:
- a group of rules is a suite; a finding is a case that failed, what is allowed one that was skipped, and a
  rule that found nothing one that passed;
- what could not be read is an error, in a suite of its own;
- what is wrong with comments and configuration, what these turn off and what was not looked at stand in a
  suite of their own, and fail nothing.

Source: https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from keyless.assess.report import Report
from keyless.assess.reports.wording import GROUPS, at, not_looked_at, where
from keyless.assess.rules.rule import Group
from keyless.model.visible import inert, inert_markup, visible


def junit_text(report: Report) -> str:
    """The file."""
    suites = [_suite(GROUPS[group], list(_cases(report, group))) for group in Group]
    suites.append(_suite("What could not be read", list(_errors(report))))
    suites.append(_suite("Notices", list(_notices(report))))
    head = ('<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="keyless assess">')
    return inert_markup("\n".join((*head, *filter(None, suites), "</testsuites>", "")))


def _suite(name: str, cases: list[str]) -> str:
    if not cases:
        return ""
    counts = {
        "tests": len(cases),
        "failures": sum("<failure" in one for one in cases),
        "errors": sum("<error" in one for one in cases),
        "skipped": sum("<skipped" in one for one in cases),
    }
    said = "".join(f' {key}="{count}"' for key, count in counts.items())
    return "\n".join([f" <testsuite name={_attribute(name)}{said}>", *cases, " </testsuite>"])


def _cases(report: Report, group: Group) -> Iterator[str]:
    ids = [one.id for one in report.rules if one.group is group]
    standing = report.standing
    for told in standing.told:
        one = told.finding
        if one.rule in ids:
            inner = f"<failure message={_attribute(one.message)} type={_attribute(one.severity)}>"
            steps = [f"{at(step.place)} {step.what}" for step in one.steps]
            steps += [f"also from {at(step.place)} {step.what}" for step in one.also]
            yield _case(one.rule, at(one.place), f"{inner}{_text(steps)}</failure>")
    for allowed in standing.allowed:
        one = allowed.finding
        if one.rule in ids:
            yield _case(one.rule, at(one.place), f"<skipped message={_attribute(allowed.allowance.reason)}/>")
    found = {one.finding.rule for one in standing.told}
    for rule in ids:
        if rule not in found:
            yield _case(rule, "nothing found", "")


def _errors(report: Report) -> Iterator[str]:
    for one in report.problems:
        yield _case(one.lack, where(one), f"<error message={_attribute(one.message)}/>")


def _notices(report: Report) -> Iterator[str]:
    for one in filter(None, (*report.notices, not_looked_at(report))):
        yield _case("notice", one, "")


def _case(kind: str, name: str, inner: str) -> str:
    return f"  <testcase classname={_attribute(kind)} name={_attribute(name)}>{inner}</testcase>"


def _attribute(text: str) -> str:
    return quoteattr(visible(text))


def _text(lines: Iterable[str]) -> str:
    return escape("\n".join(map(inert, lines)))
