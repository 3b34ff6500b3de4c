"""Whatever a file says, reading it gives an estate or problems; and it costs no more than it must."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from estate_texts import ENVIRON, SECRET
from hypothesis import given
from hypothesis import strategies as st

from keyless.estate.document import decode
from keyless.estate.problems import InvalidEstate
from keyless.estate.read import read_text
from keyless.estate.reference import example_text
from keyless.estate.schema import estate_schema

EXAMPLE = example_text()
KEYS = sorted({key for part in estate_schema()["$defs"].values() for key in part["properties"]})
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.sampled_from([*KEYS, "vault", "/", ""])
)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*KEYS, "rg", "vault", "store", "web"]), inner, max_size=5)
    ),
    max_leaves=25,
)


def read_or_refuse(text: str) -> None:
    """Read a text; anything but problems is a failure, and so is a secret in one."""
    said = "nothing"
    try:
        read_text(text, ENVIRON, folder=Path("/nonexistent"))
    except InvalidEstate as invalid:
        said = str(invalid)
    assert said
    assert SECRET not in said


@given(
    st.integers(0, len(EXAMPLE)),
    st.integers(0, 8),
    st.text("[]{}:,-&*!|>'\"%@`#\n\t  ab1?<=\0\x85", max_size=4),
)
def test_a_slip_of_the_pen_is_a_problem_and_no_crash(at: int, length: int, typed: str) -> None:
    read_or_refuse(EXAMPLE[:at] + typed + EXAMPLE[at + length :])


@given(st.dictionaries(st.sampled_from(KEYS), TREES, max_size=6))
def test_any_tree_is_read_or_refused(tree: dict[str, object]) -> None:
    read_or_refuse(yaml.safe_dump({"version": 1, **tree}))


@given(st.dictionaries(st.sampled_from(["compute", "identities", "vaults", "configurationStores"]), TREES))
def test_any_group_is_read_or_refused(group: dict[str, object]) -> None:
    read_or_refuse(yaml.safe_dump({"version": 1, "resourceGroups": {"rg": group}}))


@given(st.lists(st.fixed_dictionaries({"principal": TREES, "role": SCALARS, "scope": TREES}), max_size=3))
def test_any_assignment_is_read_or_refused(assignments: list[dict[str, object]]) -> None:
    read_or_refuse(yaml.safe_dump({"version": 1, "roleAssignments": assignments}))


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(InvalidEstate):
        read_or_refuse(decode(data, "keyless.yaml"))


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("version: 1\ntenant: contoso\n", ("keyless.catalog", "rich", "difflib")),
        ("version: 1\nroleAssignments: []\n", ("keyless.catalog", "rich", "difflib")),
    ],
)
def test_reading_loads_only_what_it_needs(text: str, absent: tuple[str, ...]) -> None:
    program = (
        "import sys\n"
        "from keyless.estate.read import read_text\n"
        f"read_text({text!r}, {{}})\n"
        f"print([name for name in {absent!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
