"""Distinguished names as text, read and written."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from keyless.planes.keyvault.certificates.x509.names import MOST_CHARACTERS, name_text, parse_name
from keyless.wire.errors import InvalidRequest


def values(text: str) -> list[tuple[str, str]]:
    return [(part.oid.dotted_string, str(part.value)) for part in parse_name(text)]


def test_a_name_is_encoded_from_its_end() -> None:
    name = parse_name("CN=orders, OU=shop, O=Contoso, L=Berlin, S=Berlin, C=de")
    assert [part.oid for part in name] == [
        NameOID.COUNTRY_NAME,
        NameOID.STATE_OR_PROVINCE_NAME,
        NameOID.LOCALITY_NAME,
        NameOID.ORGANIZATION_NAME,
        NameOID.ORGANIZATIONAL_UNIT_NAME,
        NameOID.COMMON_NAME,
    ]
    assert next(iter(name)).value == "DE"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("cn=MyCert", "MyCert"),
        ("CN = spaced out  ", "spaced out"),
        ('O="Contoso, Ltd; and more + others"', "Contoso, Ltd; and more + others"),
        ('O="the ""best"" of all"', 'the "best" of all'),
        ('O=""', None),
        (r"O=Contoso\, Ltd", "Contoso, Ltd"),
        (r"O=Contoso\2C Ltd", "Contoso, Ltd"),
        (r"O=Stra\C3\9Fe", "Straße"),
        (r"O=kept\ ", "kept "),
        (r"O=a\\b", r"a\b"),
        ("O=Übergröße", "Übergröße"),
        ("O=a=b", "a=b"),
        ('O=  "quoted"  ', "quoted"),
    ],
)
def test_values_are_quoted_or_escaped(text: str, value: str | None) -> None:
    if value is None:
        with pytest.raises(InvalidRequest, match="no value"):
            parse_name(text)
    else:
        assert [found for _, found in values(text)] == [value]


def test_attributes_of_one_relative_name_are_joined_by_plus() -> None:
    name = parse_name("CN=orders + UID=7; O=Contoso")
    assert [len(rdn) for rdn in name.rdns] == [1, 2]


@pytest.mark.parametrize("text", ["OID.1.2.3.4=seven", "1.2.3.4=seven"])
def test_a_type_may_be_an_object_identifier(text: str) -> None:
    assert values(text) == [("1.2.3.4", "seven")]


@pytest.mark.parametrize("text", ["", "   "])
def test_no_text_is_the_empty_name(text: str) -> None:
    assert parse_name(text) == x509.Name([])


@pytest.mark.parametrize(
    "text",
    [
        "orders",
        "CN=a,",
        "CN=a,,O=b",
        "CN=a+",
        "=a",
        "WRONG=a",
        "3.1=a",
        "OID.1=a",
        'CN="open',
        'CN="a"b',
        'CN=a"b"',
        "CN=a\\",
        "CN=\\FF",
        "CN=\ud800",
        'CN="\ud800"',
        "CN=a + CN=a",
        "C=Germany",
        "C=!!",
        "DC=ü",
        "E=ü@example.org",
        "SERIALNUMBER=a_b",
        "CN=" + "a" * 65,
        "O=" + "a" * MOST_CHARACTERS,
    ],
)
def test_what_is_no_name_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_name(text)
    assert refused.value.field == "subject"


@pytest.mark.parametrize(
    "text",
    [
        'CN=orders, O="Contoso, Ltd", S=Berlin, C=DE',
        'CN="a ""quoted"" name", E=ops@example.org',
        'CN="back\\slash", DC=example, DC=org',
        "CN=orders + UID=7",
        "1.2.3.4=seven",
        'CN=" led by a space"',
        'CN="#7"',
    ],
)
def test_a_name_reads_back_as_it_was_written(text: str) -> None:
    name = parse_name(text)
    assert parse_name(name_text(name)) == name
    assert name_text(name) == text
