"""Distinguished names: any text is a name or refused, and any name survives being written down."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from keyless.planes.keyvault.certificates.x509.names import name_text, parse_name
from keyless.wire.errors import InvalidRequest

VALUES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=16)
NOTATION = st.text(st.sampled_from('CNOU=,;+"\\ #ab7ü'), max_size=24)


@given(st.one_of(NOTATION, st.text(max_size=40)))
def test_any_text_is_a_name_that_reads_back_or_is_refused(text: str) -> None:
    name = None
    with suppress(InvalidRequest):
        name = parse_name(text)
    assert name is None or parse_name(name_text(name)) == name


@given(
    st.lists(st.tuples(st.sampled_from(["CN", "O", "OU", "L", "2.5.4.13"]), VALUES), min_size=1, max_size=4)
)
def test_any_value_survives_quotation_marks(attributes: list[tuple[str, str]]) -> None:
    text = ",".join('{}="{}"'.format(kind, value.replace('"', '""')) for kind, value in attributes)
    found = [str(part.value) for part in parse_name(text)]
    assert found == [value for _, value in reversed(attributes)]


@given(st.sampled_from(["CN", "O"]), VALUES)
def test_any_value_survives_backslashes(kind: str, value: str) -> None:
    escaped = "".join(f"\\{octet:02x}" for octet in value.encode())
    assert [str(part.value) for part in parse_name(f"{kind}={escaped}")] == [value]
