"""Distinguished names as text: what a policy's `subject` says, and what a certificate's subject is called.

Rules:
- attributes come as `TYPE=value`, parted by `,` or `;`, those of one relative name by `+`; spaces around
  types and values do not count;
- a value in quotation marks holds separators as they are, and a quotation mark as two; outside of them a
  backslash takes the meaning from the character behind it, or stands before two hexadecimal digits of UTF-8;
- types are those that Windows and RFC 4514 name, in any case, or object identifiers, with `OID.` or without;
- the text begins with what a certificate ends with: `CN=a, C=US` is encoded as `C`, then `CN`.

Sources: RFC 4514; https://learn.microsoft.com/windows/win32/api/wincrypt/nf-wincrypt-certstrtonamew
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cryptography import x509
from cryptography.x509.oid import NameOID

from keyless.wire.errors import InvalidProperty

MOST_CHARACTERS = 4096
_HEX_PAIR = re.compile(r"[0-9A-Fa-f]{2}")
_OID = re.compile(r"(?:OID\.)?([0-2](?:\.\d{1,20})+)", re.IGNORECASE)
_TO_ESCAPE = re.compile(r'[,;+"<>\n]|^[ #]| $|=')

_TYPES = {
    "CN": NameOID.COMMON_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "C": NameOID.COUNTRY_NAME,
    "S": NameOID.STATE_OR_PROVINCE_NAME,
    "ST": NameOID.STATE_OR_PROVINCE_NAME,
    "L": NameOID.LOCALITY_NAME,
    "STREET": NameOID.STREET_ADDRESS,
    "POSTALCODE": NameOID.POSTAL_CODE,
    "E": NameOID.EMAIL_ADDRESS,
    "EMAIL": NameOID.EMAIL_ADDRESS,
    "EMAILADDRESS": NameOID.EMAIL_ADDRESS,
    "DC": NameOID.DOMAIN_COMPONENT,
    "UID": NameOID.USER_ID,
    "T": NameOID.TITLE,
    "TITLE": NameOID.TITLE,
    "G": NameOID.GIVEN_NAME,
    "GN": NameOID.GIVEN_NAME,
    "GIVENNAME": NameOID.GIVEN_NAME,
    "SN": NameOID.SURNAME,
    "SURNAME": NameOID.SURNAME,
    "I": NameOID.INITIALS,
    "INITIALS": NameOID.INITIALS,
    "SERIALNUMBER": NameOID.SERIAL_NUMBER,
    "DNQUALIFIER": NameOID.DN_QUALIFIER,
}
_SPELLED = {
    **{oid: name for name, oid in reversed(_TYPES.items())},
    NameOID.STATE_OR_PROVINCE_NAME: "S",
    NameOID.EMAIL_ADDRESS: "E",
}
_MOST = {NameOID.COUNTRY_NAME: 2, NameOID.COMMON_NAME: 64}
_PRINTABLE_STRING = re.compile(r"[A-Za-z0-9 '()+,./:=?-]+")
_IA5_STRING = re.compile(r"[\x00-\x7f]+")
_NARROW = {
    NameOID.COUNTRY_NAME: re.compile("[A-Za-z]{2}"),
    NameOID.SERIAL_NUMBER: _PRINTABLE_STRING,
    NameOID.DN_QUALIFIER: _PRINTABLE_STRING,
    NameOID.EMAIL_ADDRESS: _IA5_STRING,
    NameOID.DOMAIN_COMPONENT: _IA5_STRING,
}
"""Types whose values are not UTF-8 (RFC 5280, appendix A.1)."""


class _Attribute(NamedTuple):
    """One attribute as it stands in the text, and the separator behind it (empty at the end)."""

    text: str
    value: str
    separator: str


def parse_name(text: str) -> x509.Name:
    """The name that a text spells; an empty text is the empty name.

    Raises:
        InvalidRequest: it is no distinguished name.
    """
    if len(text) > MOST_CHARACTERS:
        raise _invalid(f"it has {len(text)} characters, and {MOST_CHARACTERS} are the most")
    names: list[x509.RelativeDistinguishedName] = []
    together: list[x509.NameAttribute[str]] = []
    for attribute in _attributes(text):
        together.append(_typed(attribute))
        if attribute.separator != "+":
            names.append(_relative(together))
            together = []
    return x509.Name(reversed(names))


def name_text(name: x509.Name) -> str:
    """A name as text, which ``parse_name`` reads back."""
    return ", ".join(
        " + ".join(f"{_SPELLED.get(part.oid, part.oid.dotted_string)}={_quoted(part.value)}" for part in rdn)
        for rdn in reversed(list(name.rdns))
    )


def _quoted(value: str | bytes) -> str:
    text = value if isinstance(value, str) else value.hex()
    if _TO_ESCAPE.search(text) or "\\" in text or not text:
        doubled = text.replace('"', '""')
        return f'"{doubled}"'
    return text


def _attributes(text: str) -> Iterator[_Attribute]:
    position, end = 0, len(text)
    if not text.strip():
        return
    while True:
        kind, equals, _ = text[position:].partition("=")
        if not equals:
            raise _invalid(f"`{text[position:][:80].strip()}` is no attribute: write `CN=value`")
        value, position = _value(text, position + len(kind) + 1)
        separator = text[position] if position < end else ""
        yield _Attribute(kind.strip(), value, separator)
        if not separator:
            return
        position += 1


def _value(text: str, start: int) -> tuple[str, int]:
    """A value, and the place of the separator behind it."""
    while start < len(text) and text[start] == " ":
        start += 1
    return _in_quotes(text, start + 1) if text[start : start + 1] == '"' else _bare(text, start)


def _in_quotes(text: str, position: int) -> tuple[str, int]:
    found: list[str] = []
    while True:
        close = text.find('"', position)
        if close < 0:
            raise _invalid("a quotation mark is not closed")
        found.append(text[position:close])
        if text[close + 1 : close + 2] != '"':
            break
        found.append('"')
        position = close + 2
    behind = close + 1
    while text[behind : behind + 1] == " ":
        behind += 1
    if behind < len(text) and text[behind] not in ",;+":
        raise _invalid("a separator is missing behind a quotation mark")
    return "".join(found), behind


def _bare(text: str, position: int) -> tuple[str, int]:
    """A value without quotation marks; spaces at its end count only where they are escaped."""
    found, kept = bytearray(), 0
    while position < len(text) and text[position] not in ",;+":
        if text[position] == '"':
            raise _invalid("a quotation mark stands within a value: put the whole value in quotation marks")
        escaped = text[position] == "\\"
        octets, position = (
            _escaped(text, position + 1) if escaped else (_octets(text[position]), position + 1)
        )
        found += octets
        if escaped or octets != b" ":
            kept = len(found)
    try:
        return bytes(found[:kept]).decode(), position
    except UnicodeDecodeError:
        raise _invalid("a value is not UTF-8") from None


def _escaped(text: str, position: int) -> tuple[bytes, int]:
    """What a backslash stands before: two hexadecimal digits are an octet, all else is itself."""
    if position >= len(text):
        raise _invalid("it ends with a backslash")
    pair = _HEX_PAIR.match(text, position)
    if pair is not None:
        return bytes.fromhex(pair.group()), position + 2
    return _octets(text[position]), position + 1


def _octets(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise _invalid("a value is not Unicode text") from None


def _typed(attribute: _Attribute) -> x509.NameAttribute[str]:
    oid, value = _type_of(attribute.text), attribute.value
    octets, most = len(_octets(value)), _MOST.get(oid)
    if not value:
        raise _invalid(f"`{attribute.text}` has no value")
    if most is not None and octets > most:
        raise _invalid(f"`{attribute.text}` has {octets} octets of UTF-8, and {most} are the most")
    if oid in _NARROW and not _NARROW[oid].fullmatch(value):
        raise _invalid(f"`{attribute.text}` cannot have that value")
    return x509.NameAttribute(oid, value.upper() if oid == NameOID.COUNTRY_NAME else value)


def _type_of(text: str) -> x509.ObjectIdentifier:
    known = _TYPES.get(text.upper())
    if known is not None:
        return known
    dotted = _OID.fullmatch(text)
    try:
        if dotted is not None:
            return x509.ObjectIdentifier(dotted.group(1))
    except ValueError:
        pass
    raise _invalid(f"`{text[:80]}` is no type of attribute that is known here: use its object identifier")


def _relative(attributes: list[x509.NameAttribute[str]]) -> x509.RelativeDistinguishedName:
    try:
        return x509.RelativeDistinguishedName(attributes)
    except ValueError:
        raise _invalid("an attribute comes twice in one relative name") from None


def _invalid(why: str) -> InvalidProperty:
    return InvalidProperty("subject", f"it is not an X.500 distinguished name: {why}")
