"""A configuration store does what a plain list of changes does, whatever is written, locked and asked.

The plane is asked through its dispatcher, and every answer is held to the public documents. Pages are short
here, so that every list has several.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from configuration_model import Model, Name, Predicate, State, locked, written
from configuration_schemas import DOCUMENTS
from keyless.model.resources import ConfigurationStore
from keyless.planes.appconfig.key_values import listing
from keyless.planes.appconfig.plane import app_configuration_plane
from keyless.store.collections import STORES
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.keys import SigningKey, generate_signing_key
from plane_site import SUBSCRIPTION_ID, Answer, PlaneSite, SiteOf
from plane_site_shared import SharedSite, shared_site

NOW = 1_800_000_000
PAGE = 3
NEWEST = "2026-04-01"
GROUP = f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/g"
KEYS = ["a", "a*", "a/b", "a,b", "Ab", "b\\", "é", "a b", "🎈"]
LABELS = [None, "dev", "prod", "pr*d", "a,b"]
NAMES = st.tuples(st.sampled_from(KEYS), st.sampled_from(LABELS))
TAGS = st.dictionaries(
    st.sampled_from(["t", "a=b", "*"]), st.sampled_from([None, "", "x", "x,y"]), max_size=2
)
VALUES = st.sampled_from([None, "", "1", "2"])
CONDITIONS = st.sampled_from(["none", "none", "none", "current", "stale", "any", "absent", "changed"])
AGES = st.sampled_from([None, None, 0, 1, 2, 5, 20])


class Filter:
    """A filter as it is written, and what it means, each without the other."""

    def __init__(self, text: str | None, means: Callable[[str | None], bool]) -> None:
        self.text = text
        self.means = means

    def __repr__(self) -> str:
        return f"Filter({self.text!r})"


def _escaped(text: str, also: str = "") -> str:
    return "".join(f"\\{one}" if one in f"*,\\{also}" else one for one in text)


def _prefix(text: str) -> Filter:
    return Filter(f"{_escaped(text)}*", lambda name: name is not None and name.startswith(text))


def _any(names: Sequence[str | None]) -> Filter:
    text = ",".join("\0" if name is None else _escaped(name) for name in names)
    return Filter(text, lambda name: name in names)


AGAIN = st.sampled_from([None, 0, 0, 1, 2])
"""Which of those that there have been, the newest first, is meant in place of the name; none: the name."""
EVERYTHING = st.sampled_from([Filter(None, lambda name: True), Filter("*", lambda name: True)])
KEY_FILTERS = (
    EVERYTHING
    | st.sampled_from(["a", "a*", "é", "A"]).map(_prefix)
    | st.lists(st.sampled_from(KEYS), min_size=1, max_size=5).map(_any)
)
LABEL_FILTERS = (
    EVERYTHING
    | st.just("pr").map(_prefix)
    | st.lists(st.sampled_from(LABELS), min_size=1, max_size=5).map(_any)
)


def _site(store: SqliteStore, key: SigningKey) -> PlaneSite:
    resource_id = f"{GROUP}/providers/Microsoft.AppConfiguration/configurationStores/contoso"
    of = SiteOf(
        plane=app_configuration_plane(store),
        resource=ConfigurationStore(resource_id, "contoso", "westeurope"),
        collection=STORES,
        host="contoso.azconfig.io",
        audience="https://azconfig.io",
        data_actions="Microsoft.AppConfiguration/configurationStores/*",
        documents=DOCUMENTS,
        newest=NEWEST,
    )
    return PlaneSite(store, key, NOW, of)


SIGNING_KEY = generate_signing_key(NOW - 86_400)


class StoreMachine(RuleBasedStateMachine):
    """Writes, locks and deletes while the clock goes on, and compares what is read."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.etags: set[str] = set()
        self.pages: dict[tuple[str, ...], str] = {}
        self._closing = ExitStack()
        directory = self._closing.enter_context(tempfile.TemporaryDirectory())
        made = shared_site(Path(directory) / "store.db", lambda store: _site(store, SIGNING_KEY))
        self.shared: SharedSite = self._closing.enter_context(made)

    def teardown(self) -> None:
        """Close the store."""
        self._closing.close()

    @property
    def now(self) -> int:
        return self.shared.site.now

    # --- writing

    @initialize(count=st.integers(0, 7))
    def begin(self, count: int) -> None:
        for key in KEYS[-count:]:
            self.write((key, None), None, "1", {}, "none")

    @rule(seconds=st.sampled_from([0, 1, 1, 3, 20]))
    def time_passes(self, seconds: int) -> None:
        self.shared.site.now += seconds

    @rule(name=NAMES, again=AGAIN, value=VALUES, tags=TAGS, condition=CONDITIONS)
    def write(
        self,
        name: Name,
        again: int | None,
        value: str | None,
        tags: dict[str, str | None],
        condition: str,
    ) -> None:
        name = self._known(name, again)
        before = self.model.one(name)
        body = {"value": value, "tags": tags}
        answer = self._ask_one("PUT", "kv", name, body, self._conditions(before, condition))
        if not _holds(before, condition):
            assert answer.status == 412
        elif before is not None and before.locked:
            assert answer.status == 409
        else:
            self._became(name, before, written(before, name, value, tags), answer)

    @rule(name=NAMES, again=AGAIN, condition=CONDITIONS)
    def delete(self, name: Name, again: int | None, condition: str) -> None:
        name = self._known(name, again)
        before = self.model.one(name)
        answer = self._ask_one("DELETE", "kv", name, None, self._conditions(before, condition))
        if not _holds(before, condition):
            assert answer.status == 412
        elif before is None:
            assert answer.status == 204
        elif before.locked:
            assert answer.status == 409
        else:
            assert _shown(answer.body) == before
            self.model.became(self.now, name, None)

    @rule(name=NAMES, again=AGAIN, to=st.booleans(), condition=CONDITIONS)
    def lock(self, name: Name, again: int | None, to: bool, condition: str) -> None:
        name = self._known(name, again)
        before = self.model.one(name)
        method = "PUT" if to else "DELETE"
        answer = self._ask_one(method, "locks", name, None, self._conditions(before, condition))
        if not _holds(before, condition):
            assert answer.status == 412
        elif before is None:
            assert answer.status == 404
        else:
            self._became(name, before, locked(before, to=to), answer)

    def _became(self, name: Name, before: State | None, made: State | None, answer: Answer) -> None:
        """Note what a write did, and that it is called by a new etag if it did anything."""
        assert answer.status == 200
        shown = _shown(answer.body)
        assert answer.headers["etag"] == f'"{shown.etag}"'
        if made is None:
            assert shown == before
            return
        assert shown == replace(made, etag=shown.etag, at=self.now)
        assert shown.etag not in self.etags
        self.etags.add(shown.etag)
        self.model.became(self.now, name, shown)

    def _known(self, name: Name, again: int | None) -> Name:
        """A name that there has been, where one is meant and there is one."""
        names = list(self.model.names())
        return name if again is None or again >= len(names) else names[-1 - again]

    # --- reading

    @rule(name=NAMES, again=AGAIN, age=AGES, condition=CONDITIONS)
    def one_is_what_it_was(self, name: Name, again: int | None, age: int | None, condition: str) -> None:
        name = self._known(name, again)
        found = self.model.one(name, self._at(age))
        headers = {**self._then(age), **self._conditions(found, condition)}
        answer = self._ask_one("GET", "kv", name, None, headers)
        if found is None:
            assert answer.status == 404
        elif condition in {"stale", "absent", "changed"}:
            assert answer.status == {"stale": 412, "absent": 304, "changed": 304}[condition]
        else:
            assert (answer.status, _shown(answer.body)) == (200, found)

    @rule(keys=KEY_FILTERS, labels=LABEL_FILTERS, tags=TAGS, age=AGES)
    def a_list_has_what_its_filters_mean(
        self, keys: Filter, labels: Filter, tags: dict[str, str | None], age: int | None
    ) -> None:
        wanted = _wanted(keys, labels, tags)
        query = _query(key=keys.text, label=labels.text, tags=_tag_filters(tags))
        assert self._listed("/kv", query, age) == self.model.all(self._at(age), *wanted)

    @rule(keys=KEY_FILTERS, labels=LABEL_FILTERS, tags=TAGS, age=AGES)
    def the_history_has_what_its_filters_mean(
        self, keys: Filter, labels: Filter, tags: dict[str, str | None], age: int | None
    ) -> None:
        wanted = _wanted(keys, labels, tags)
        query = _query(key=keys.text, label=labels.text, tags=_tag_filters(tags))
        assert self._listed("/revisions", query, age) == self.model.revisions(self._at(age), *wanted)

    @rule(keys=KEY_FILTERS, age=AGES)
    def keys_are_those_in_use(self, keys: Filter, age: int | None) -> None:
        names = self._named("/keys", keys, age)
        assert names == self.model.keys(self._at(age), lambda state: keys.means(state.key))

    @rule(labels=LABEL_FILTERS, age=AGES)
    def labels_are_those_in_use(self, labels: Filter, age: int | None) -> None:
        names = self._named("/labels", labels, age)
        assert names == self.model.labels(self._at(age), lambda state: labels.means(state.label))

    @invariant()
    def everything_is_what_the_model_says(self) -> None:
        for age in (None, 0, 1):
            assert self._listed("/kv", "", age) == self.model.all(self._at(age))
        for name in list(self.model.names())[-2:]:
            answer = self._ask_one("GET", "kv", name, None, self._then(0))
            found = self.model.one(name, self._at(0))
            assert (_shown(answer.body) if answer.status == 200 else None) == found

    def _listed(self, path: str, query: str, age: int | None) -> list[State]:
        found: list[State] = []
        for page in self._pages(path, query, age):
            states = [_shown(item) for item in page.body["items"]]
            self._is_called_by_what_it_holds(page, states)
            found += states
        return found

    def _is_called_by_what_it_holds(self, page: Answer, states: list[State]) -> None:
        """A page has its own etag, which changes when, and only when, what is in it does."""
        etag = page.headers["etag"]
        assert etag == f'"{page.body["etag"]}"'
        assert self.pages.setdefault(tuple(state.etag for state in states), etag) == etag
        assert len(set(self.pages.values())) == len(self.pages)

    def _named(self, path: str, asked: Filter, age: int | None) -> list[str | None]:
        pages = self._pages(path, _query(name=asked.text), age)
        return [item["name"] for page in pages for item in page.body["items"]]

    def _pages(self, path: str, query: str, age: int | None) -> list[Answer]:
        headers = self._then(age)
        pages = [self.shared.ask("GET", path, query=query, headers=headers)]
        while "@nextLink" in pages[-1].body:
            self._is_not_sent_twice(path, query, pages[-1], headers)
            assert len(pages[-1].body["items"]) >= PAGE
            link = urlsplit(pages[-1].body["@nextLink"])
            query = link.query.removeprefix(f"api-version={NEWEST}").lstrip("&")
            pages.append(self.shared.send("GET", path, link.query, b"", headers))
        return pages

    def _is_not_sent_twice(self, path: str, query: str, page: Answer, headers: dict[str, str]) -> None:
        """Who has a page is told so, and where the next is."""
        if "etag" not in page.headers:
            return
        known = {**headers, "if-none-match": page.headers["etag"]}
        again = self.shared.ask("GET", path, query=query, headers=known)
        assert (again.status, again.raw, again.headers["etag"]) == (304, b"", page.headers["etag"])
        assert page.body["@nextLink"] in again.headers["link"]

    def _ask_one(self, method: str, path: str, name: Name, body: object, headers: dict[str, str]) -> Answer:
        query = _query(label=name[1])
        return self.shared.ask(method, f"/{path}/{name[0]}", body, query=query, headers=headers)

    def _conditions(self, state: State | None, condition: str) -> dict[str, str]:
        """The header of a condition."""
        etag = f'"{state.etag}"' if state is not None else '"nothing"'
        return {
            "none": {},
            "current": {"if-match": etag},
            "stale": {"if-match": '"stale", "staler"'},
            "any": {"if-match": "*"},
            "absent": {"if-none-match": "*"},
            "changed": {"if-none-match": f'"other", {etag}'},
        }[condition]

    def _at(self, age: int | None) -> int | None:
        return None if age is None else self.now - age

    def _then(self, age: int | None) -> dict[str, str]:
        return {} if age is None else {"accept-datetime": formatdate(self.now - age, usegmt=True)}


def _holds(state: State | None, condition: str) -> bool:
    """Whether a write on a condition goes on."""
    return {
        "none": True,
        "current": state is not None,
        "stale": False,
        "any": state is not None,
        "absent": state is None,
        "changed": state is None,
    }[condition]


def _wanted(keys: Filter, labels: Filter, tags: dict[str, str | None]) -> tuple[Predicate, ...]:
    return (
        lambda state: keys.means(state.key),
        lambda state: labels.means(state.label),
        lambda state: set(tags.items()) <= set(state.tags),
    )


def _tag_filters(tags: dict[str, str | None]) -> list[str]:
    return [
        f"{_escaped(name, '=')}={chr(0) if value is None else _escaped(value, '=')}"
        for name, value in tags.items()
    ]


def _query(**parameters: str | list[str] | None) -> str:
    given = [
        (name, text)
        for name, texts in parameters.items()
        for text in (texts if isinstance(texts, list) else [texts])
        if text is not None
    ]
    return "&".join(f"{name}={quote(text, safe='')}" for name, text in given)


def _shown(body: dict[str, Any]) -> State:
    """A key-value as it is shown, its time as the model has it."""
    at = NOW + round(_moment(body["last_modified"]) - _moment("2027-01-15T08:00:00+00:00"))
    tags = tuple(sorted(body["tags"].items()))
    return State(body["key"], body["label"], body["value"], tags, body["locked"], body["etag"], at)


def _moment(text: str) -> float:
    return dt.datetime.fromisoformat(text).timestamp()


@pytest.mark.timeout(120)
def test_a_store_does_what_a_list_of_changes_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "ITEMS_PER_PAGE", PAGE)
    run_state_machine_as_test(
        StoreMachine,
        settings=settings(
            max_examples=15, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
