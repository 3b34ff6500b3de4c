"""The parameters of the filters that Microsoft's libraries bring: targeting, time window, percentage.

Rules:
- a filter of another name is the app's own, and its parameters are taken as they are;
- times may be written as days or times of ISO 8601; the store gets them as HTTP dates, the one form that the
  libraries of all languages read;
- a window that recurs begins and ends, lasts no longer than its period and not into its next occurrence, and
  a weekly one begins on one of its days.

Source: https://learn.microsoft.com/azure/azure-app-configuration/feature-management-dotnet-reference#built-in-feature-filters
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from email.utils import format_datetime, parsedate_to_datetime
from itertools import pairwise
from typing import Any

from keyless.estate.declared.feature_flags import ClientFilterEntry
from keyless.estate.reading import Reading
from keyless.model.nearest import nearest, quoted_list

Document = dict[str, Any]
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LONGEST_DAYS = 3650
_TIME = "a time such as `2027-06-30T12:00:00Z`, or as `Wed, 30 Jun 2027 12:00:00 GMT`"


class Unfit(Exception):
    """Parameters that the filter would not take; the message says which, and what to write."""


def filter_parameters(entry: ClientFilterEntry, reading: Reading) -> Document | None:
    """A filter's parameters as the store keeps them; what the filter would not take is reported."""
    given = entry.parameters.value if entry.parameters is not None else None
    check = _KNOWN.get(entry.name.value)
    if check is None:
        return given
    try:
        return check(given or {})
    except Unfit as problem:
        at = entry.parameters.at if entry.parameters is not None else entry.name.at
        reading.report(at, f"`{entry.name.value}` does not take these parameters: {problem}")
        return given


def _targeting(given: Document) -> Document:
    _only(given, "its parameters", "Audience")
    audience = _mapping(given, "Audience")
    _only(audience, "`Audience`", "Users", "Groups", "DefaultRolloutPercentage", "Exclusion")
    _texts(audience, "Users", "Audience.Users")
    _percentage(audience, "DefaultRolloutPercentage", "Audience.DefaultRolloutPercentage")
    names = [_group(one, f"Audience.Groups[{place}]") for place, one in enumerate(_list(audience, "Groups"))]
    if twice := [name for name in names if names.count(name) > 1]:
        raise Unfit(f"the group `{twice[0]}` stands in `Audience.Groups` twice")
    if "Exclusion" in audience:
        exclusion = _mapping(audience, "Exclusion")
        _only(exclusion, "`Audience.Exclusion`", "Users", "Groups")
        _texts(exclusion, "Users", "Audience.Exclusion.Users")
        _texts(exclusion, "Groups", "Audience.Exclusion.Groups")
    return given


def _group(one: Any, where: str) -> str:  # noqa: ANN401  # any JSON
    if not isinstance(one, dict) or not isinstance(one.get("Name"), str):
        raise Unfit(f"`{where}` needs a `Name` and a `RolloutPercentage`")
    _only(one, f"`{where}`", "Name", "RolloutPercentage")
    _percentage(one, "RolloutPercentage", f"{where}.RolloutPercentage", needed=True)
    return str(one["Name"])


def _of_percentage(given: Document) -> Document:
    _only(given, "its parameters", "Value")
    _percentage(given, "Value", "Value", needed=True)
    return given


def _time_window(given: Document) -> Document:
    _only(given, "its parameters", "Start", "End", "Recurrence")
    start, end = _time(given, "Start", "Start"), _time(given, "End", "End")
    if start is None and end is None:
        raise Unfit("it needs a `Start`, an `End`, or both")
    if start is not None and end is not None and start >= end:
        raise Unfit("`End` must come after `Start`")
    written = dict(given) | _as_dates(Start=start, End=end)
    if "Recurrence" not in given:
        return written
    if start is None or end is None:
        raise Unfit("a `Recurrence` needs both `Start` and `End`")
    return written | {"Recurrence": _recurrence(_mapping(given, "Recurrence"), start, end)}


def _recurrence(given: Document, start: dt.datetime, end: dt.datetime) -> Document:
    _only(given, "`Recurrence`", "Pattern", "Range")
    _check_pattern(_mapping(given, "Pattern"), start, end)
    limits = _mapping(given, "Range")
    _only(limits, "`Recurrence.Range`", "Type", "EndDate", "NumberOfOccurrences")
    kind = _word(limits, "Type", "Recurrence.Range.Type", "NoEnd", "EndDate", "Numbered")
    last = _time(limits, "EndDate", "Recurrence.Range.EndDate")
    if kind == "EndDate" and (last is None or last < start):
        raise Unfit("`Recurrence.Range.EndDate` must be a time, and not come before `Start`")
    if kind == "Numbered":
        _count(limits, "NumberOfOccurrences", "Recurrence.Range.NumberOfOccurrences")
    return {"Pattern": given["Pattern"], "Range": limits | _as_dates(EndDate=last)}


def _check_pattern(pattern: Document, start: dt.datetime, end: dt.datetime) -> None:
    where = "Recurrence.Pattern"
    _only(pattern, f"`{where}`", "Type", "Interval", "DaysOfWeek", "FirstDayOfWeek")
    kind = _word(pattern, "Type", f"{where}.Type", "Daily", "Weekly")
    interval = _count(pattern, "Interval", f"{where}.Interval") if "Interval" in pattern else 1
    period = interval if kind == "Daily" else 7 * interval
    if end - start > dt.timedelta(days=min(period, _LONGEST_DAYS)):
        raise Unfit("the time from `Start` to `End` is longer than that from one occurrence to the next")
    if kind == "Weekly":
        _check_days(pattern, interval, start, end - start)


def _check_days(pattern: Document, interval: int, start: dt.datetime, lasts: dt.timedelta) -> None:
    where = "Recurrence.Pattern.DaysOfWeek"
    days = _list(pattern, "DaysOfWeek")
    if not days or not set(map(str, days)) <= set(DAYS) or len(set(map(str, days))) < len(days):
        raise Unfit(f"`{where}` must be a list of days such as `Monday`, each once")
    first = _word(pattern, "FirstDayOfWeek", "Recurrence.Pattern.FirstDayOfWeek", *DAYS, default="Sunday")
    if DAYS[start.weekday()] not in days:
        raise Unfit(f"`Start` is a {DAYS[start.weekday()]}, which is not in `{where}`")
    places = sorted((DAYS.index(day) - DAYS.index(first)) % 7 for day in days)
    gaps = [after - before for before, after in pairwise(places)]
    if interval == 1:  # then the last day of a week is followed by the first of the next
        gaps.append(places[0] + 7 - places[-1])
    if gaps and lasts > dt.timedelta(days=min(gaps)):
        raise Unfit(f"the time from `Start` to `End` reaches into the next of `{where}`")


def _only(given: Mapping[str, Any], what: str, *known: str) -> None:
    if unknown := [name for name in given if name not in known]:
        near = nearest(unknown[0], known, 1) or known
        raise Unfit(f"`{unknown[0]}` is not known in {what}: write {quoted_list(near)}")


def _mapping(given: Document, name: str) -> Document:
    found = given.get(name)
    if not isinstance(found, dict):
        raise Unfit(f"it needs `{name}`, a mapping")
    return found


def _list(given: Document, name: str) -> list[Any]:
    found = given.get(name) or []
    if not isinstance(found, list):
        raise Unfit(f"`{name}` must be a list")
    return found


def _texts(given: Document, name: str, where: str) -> None:
    if not all(isinstance(one, str) for one in _list(given, name)):
        raise Unfit(f"`{where}` must be a list of text")


def _percentage(given: Document, name: str, where: str, *, needed: bool = False) -> None:
    value = given.get(name, None if needed else 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise Unfit(f"`{where}` must be a number from 0 to 100")


def _count(given: Document, name: str, where: str) -> int:
    value = given.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise Unfit(f"`{where}` must be a whole number from 1")
    return value


def _word(given: Document, name: str, where: str, *known: str, default: str | None = None) -> str:
    value = given.get(name, default)
    if value not in known:
        raise Unfit(f"`{where}` must be {quoted_list(known)}")
    return str(value)


def _time(given: Document, name: str, where: str) -> dt.datetime | None:
    value = given.get(name)
    if value is None:
        return None
    for read in (dt.datetime.fromisoformat, parsedate_to_datetime) if isinstance(value, str) else ():
        try:
            found = read(value)
        except (TypeError, ValueError, IndexError, OverflowError):
            continue
        return found if found.tzinfo is not None else found.replace(tzinfo=dt.UTC)
    raise Unfit(f"`{where}` must be {_TIME}")


def _as_dates(**times: dt.datetime | None) -> Document:
    """Times as HTTP dates, in UTC, or with the offset that they were given with: it decides on the day."""
    return {
        name: format_datetime(
            one.astimezone(dt.UTC) if not one.utcoffset() else one, usegmt=not one.utcoffset()
        )
        for name, one in times.items()
        if one is not None
    }


_KNOWN: Mapping[str, Callable[[Document], Document]] = {
    "Microsoft.Targeting": _targeting,
    "Microsoft.TimeWindow": _time_window,
    "Microsoft.Percentage": _of_percentage,
}
