"""The page of a plan in a real browser: it works, loads nothing, and no name in it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from chromium import MISSING, PROGRAM, opened

from keyless.plan.reports.html.page import html_text
from plan_pages_made import HISTORY, HOSTILE, PLAN, renamed

SHOWN = "[...document.querySelectorAll('.edge')].filter(e => getComputedStyle(e).display != 'none').length"
ROWS = "[...document.querySelectorAll('tbody tr')].filter(r => !r.hidden).length"


@pytest.fixture(autouse=True)
def _browser(skip_loudly: Callable[[str], None]) -> None:
    if PROGRAM is None:
        skip_loudly(MISSING)


async def test_the_page_can_be_searched_and_looked_at_before_and_after(tmp_path: Path) -> None:
    file = tmp_path / "plan.html"
    file.write_text(html_text(PLAN, HISTORY))
    async with opened(file, tmp_path / "profile") as page:
        everything, rows = await page.ask(SHOWN), await page.ask(ROWS)
        await page.ask("document.getElementById('view-before').click()")
        before = await page.ask(SHOWN)
        await page.ask("document.getElementById('view-after').click()")
        after = await page.ask(SHOWN)
        assert 0 < before < everything
        assert 0 < after < everything

        await page.press("/")
        assert await page.ask("document.activeElement.id") == "search"
        await page.call("Input.insertText", text="worker officer")
        found = await page.ask(ROWS)
        assert 0 < found < rows
        assert await page.ask("document.getElementById('found').textContent") == f"{found} of {rows} rows"
        await page.press("Escape")
        assert await page.ask(ROWS) == rows

        await page.ask("document.getElementById('p0').focus()")
        await page.press("Enter", "\r")
        assert await page.ask("document.getElementById('p0').getAttribute('aria-pressed')") == "true"
        assert await page.ask("document.querySelectorAll('.edge.on').length") > 0
        assert page.complaints() == []
        assert page.requests() == [file.as_uri()]


async def test_no_name_runs_or_fetches_anything(tmp_path: Path) -> None:
    file = tmp_path / "plan.html"
    file.write_text(html_text(renamed(PLAN, " ".join(HOSTILE)), HISTORY))
    async with opened(file, tmp_path / "profile") as page:
        assert await page.ask("typeof window.hit") == "undefined"
        assert await page.ask("document.querySelectorAll('script').length") == 1
        assert await page.ask("document.querySelectorAll('img, [onload], [onfocus], [onerror]').length") == 0
        assert page.complaints() == []
        assert page.requests() == [file.as_uri()]


async def test_the_policy_of_the_page_is_enforced(tmp_path: Path) -> None:
    """The page would be safe by its policy alone: what is put in by hand does not run."""
    file = tmp_path / "plan.html"
    broken = html_text(PLAN).replace("</main>", "</main><script>window.hit=1</script><img src=x.png>")
    file.write_text(broken)
    async with opened(file, tmp_path / "profile") as page:
        assert await page.ask("typeof window.hit") == "undefined"
        assert await page.ask("document.querySelectorAll('script').length") == 2
        assert len(page.complaints()) >= 2
