"""Draws one number over time as a small SVG: steps, because a number holds until the next plan is made."""

from __future__ import annotations

import time
from collections.abc import Sequence

from keyless.html.markup import Html, element
from keyless.plan.score import Measure, Score

_WIDTH, _HEIGHT, _PAD = 260, 64, 4


def chart(history: Sequence[Score], measure: Measure) -> Html:
    """The number's history as a picture with its name and what it is now."""
    numbers = [getattr(one, measure.field) for one in history]
    change = numbers[-1] - numbers[0]
    since = f"{change:+,} since {_day(history[0])}" if change else f"unchanged since {_day(history[0])}"
    return element(
        "figure",
        element("figcaption", measure.title, element("strong", f"{numbers[-1]:,}"), element("span", since)),
        element(
            "svg",
            element("title", f"{measure.title}: {', '.join(f'{n:,}' for n in numbers[-24:])}"),
            element("path", d=_area(history, numbers), class_="area"),
            element("path", d=_line(history, numbers), class_="line"),
            viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
            role="img",
            aria_label=f"{measure.title} over time, now {numbers[-1]:,}",
        ),
        element("p", measure.meaning),
        class_="chart",
    )


def _points(history: Sequence[Score], numbers: Sequence[int]) -> list[tuple[float, float]]:
    first, last, top = history[0].at, history[-1].at, max(numbers) or 1
    wide, tall = _WIDTH - 2 * _PAD, _HEIGHT - 2 * _PAD
    return [
        (
            _PAD + (wide * (one.at - first) / (last - first) if last > first else wide),
            _HEIGHT - _PAD - tall * number / top,
        )
        for one, number in zip(history, numbers, strict=True)
    ]


def _line(history: Sequence[Score], numbers: Sequence[int]) -> str:
    (x, y), *rest = _points(history, numbers)
    start = f"M{_PAD} {y:.1f}H{x:.1f}"
    return start + "".join(f"H{x:.1f}V{y:.1f}" for x, y in rest)


def _area(history: Sequence[Score], numbers: Sequence[int]) -> str:
    return f"{_line(history, numbers)}V{_HEIGHT - _PAD}H{_PAD}Z"


def _day(score: Score) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(score.at))
