"""What is done again and again for the same thing, and what only looks like it: the call of `hit`."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.calls import calls
from keyless.assess.files.purpose import is_test
from keyless.assess.handlers.repeated import Again, repeated
from keyless.assess.handlers.varying import names_of_request
from keyless.assess.repository import Repository
from keyless.assess.sources.read import read
from keyless.assess.syntax.expressions import Define


def again(path: str, text: str) -> Again | None:
    source = read(path, text.encode())
    assert source is not None
    repository = Repository([source], datetime.date(2026, 6, 1))
    (site,) = (one for one in repository.view(calls) if one.method == "hit")
    found = repeated(repository, site.call, site.within)
    return None if found is None else found.again


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@app.get('/x')\ndef f(): hit('a')", Again.REQUEST),
        ("@app.get('/x')\ndef f(): g()\ndef g(): hit('a')", Again.REACHED),
        ("for x in xs: hit('a')", Again.LOOP),
        ("def f():\n  for x in xs:\n    if x: hit('a', y)", Again.LOOP),
        ("z = [hit('a') for x in xs]", Again.LOOP),
        ("for x in xs: hit(x)", None),
        ("for x in xs:\n  y = x.name\n  hit(y)", None),
        ("for x in xs:\n  c = C(x)\n  c.hit('a')", None),
        ("z = [hit(x) for x in xs]", None),
        ("while True: hit('a')", None),
        ("def f():\n  for x in xs:\n    return hit('a')", None),
        ("for x in xs:\n  try: hit('a')\n  except E: pass", None),
        ("for x in xs:\n  if y is None: y = hit('a')", None),
        ("for x in hit('a'): pass", None),
        ("hit('a')", None),
        ("@app.get('/x')\ndef f():\n  if 'a' not in cache: cache['a'] = hit('a')", None),
        ("@app.get('/x')\ndef f():\n  if cached: return cached\n  return hit('a')", None),
        ("@app.get('/x')\ndef f():\n  x = x or hit('a')", None),
        ("@app.get('/x')\ndef f():\n  if request.json: hit('a')", Again.REQUEST),
    ],
)
def test_what_is_done_again_in_python(text: str, expected: Again | None) -> None:
    assert again("a.py", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("app.get('/x', async (req, res) => { hit('a') })", Again.REQUEST),
        ("app.get('/x', async (req, res) => { x ??= hit('a') })", None),
        ("app.get('/x', async (req, res) => { if (!kept.has('a')) hit('a') })", None),
        ("app.get('/x', async (req, res) => { await memoize(() => hit('a')) })", None),
        ("app.get('/x', async (req, res) => { if (!req.user) return; hit('a') })", Again.REQUEST),
    ],
)
def test_what_is_done_again_in_javascript(text: str, expected: Again | None) -> None:
    assert again("a.js", text) == expected


def test_what_a_request_brings_goes_on_through_assignments() -> None:
    source = read("a.py", b"def f(self, req):\n  a = req.x\n  b, c = a, 1\n  d = other\n")
    assert source is not None
    (define,) = source.units[0].body
    assert isinstance(define, Define)
    assert names_of_request(define.function) == {"req", "a", "b"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/a.py", True),
        ("src/test/java/A.java", True),
        ("a/test_b.py", True),
        ("a/b_test.go", True),
        ("a/b.spec.ts", True),
        ("Shop.Tests/A.cs", True),
        ("a/OrderTest.java", True),
        ("src/latest.py", False),
        ("contest/a.py", False),
        ("src/main/java/Greatest.java", False),
    ],
)
def test_a_file_is_one_of_tests_by_where_it_is(path: str, expected: bool) -> None:
    assert is_test(path) is expected
