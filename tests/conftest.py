"""What every test may use: generated tests that repeat in CI, a root key, a store in a file, a clock."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from keyless.store.sealing import RootKey
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.keys import KeyRing, SigningKey, generate_signing_key

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")

NOW = 1_800_000_000


@pytest.fixture
def now() -> int:
    """The time, in epoch seconds."""
    return NOW


@pytest.fixture
def root_key() -> RootKey:
    """A root key of known bytes."""
    return RootKey(bytes(range(32)), "the test")


@pytest.fixture
def store(tmp_path: Path, root_key: RootKey) -> Iterator[SqliteStore]:
    """A store in a file of its own."""
    opened = SqliteStore(tmp_path / "store.db", root_key)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def signing_key() -> SigningKey:
    """The estate's signing key (made once: it is slow to make)."""
    return generate_signing_key(NOW - 86_400)


@pytest.fixture(scope="session")
def foreign_key() -> SigningKey:
    """A signing key that no estate has published."""
    return generate_signing_key(NOW - 86_400)


@pytest.fixture(scope="session")
def key_ring(signing_key: SigningKey) -> KeyRing:
    """The keys under which tokens verify."""
    return KeyRing([signing_key])


@pytest.fixture
def skip_loudly(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Skips the test, with a warning besides, so that a run says what it did not look at."""

    def skip(reason: str) -> None:
        request.node.warn(pytest.PytestWarning(f"NOT TESTED: {reason}"))
        pytest.skip(reason)

    return skip
