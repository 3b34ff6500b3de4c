"""Calls through which credentials go, or that make one: what they mean for where a value comes from.

Rules:
- ``identity`` make a credential of azure-identity that holds no secret, ``entra_secrets`` one that does;
- ``wraps`` only put their argument into another form: its position and its name;
- ``passing`` are methods and properties whose value is that of their object;
- ``vault_reads`` read a secret: the position and name of the argument that names it; a file that reads one
  imports one of ``vault_marks``, or the object is of one of ``vault_types``;
- ``key_reads`` are management calls that read the keys of a resource, by the end of their name.
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from keyless.catalog.files import read_data


class ValueCalls(msgspec.Struct, frozen=True, rename="camel"):
    """The calls by what they mean."""

    identity: frozenset[str]
    entra_secrets: frozenset[str]
    wraps: dict[str, tuple[int, str]]
    passing: frozenset[str]
    vault_reads: dict[str, tuple[int, str]]
    vault_marks: tuple[str, ...]
    vault_types: frozenset[str]
    key_reads: dict[str, str]


@lru_cache(maxsize=1)
def value_calls() -> ValueCalls:
    """The catalog's."""
    return msgspec.json.decode(read_data("value_calls.json"), type=ValueCalls)
