"""What a loop goes through is not in the loop itself."""

from __future__ import annotations

import datetime

from keyless.assess.calls import calls
from keyless.assess.repository import Repository
from keyless.assess.sources.python import read


def test_what_a_comprehension_goes_through_is_read_once_and_what_it_makes_of_each_is_not() -> None:
    source = read("app.py", "values = [parse(one) for one in client.list_all()]\n")
    found = Repository([source], datetime.date(2026, 6, 1)).view(calls)
    assert {one.method: one.within.in_loop for one in found} == {"parse": True, "list_all": False}
