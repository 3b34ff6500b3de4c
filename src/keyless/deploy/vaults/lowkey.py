"""The export of a Lowkey Vault, as `GET /management/vault/export` gives it, and templates of such.

Rules:
- the file has several vaults, each known by its address; the one to bring in is named by the first label of
  its host, unless there is only one;
- secrets and keys come with all versions, their ids and times, and keys with their rotation policies;
- a certificate comes by its newest version, with its policy and what stands behind it, as an import does;
- an empty list of key operations says nothing, and the usual ones come of it;
- in a template `{{host}}` and `{{port}}` stand for an address, `{{now N}}` for the time N seconds from now;
- what does not fit a vault of Azure (a name, a property, a key of an HSM type in a standard vault) is left
  out.

Source: https://github.com/nagyesta/lowkey-vault (lowkey-vault-app/README.md, and its resources for tests)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from keyless.deploy.sources import Choice, Left, NotASource
from keyless.deploy.vaults.certificates import certificate_arrival
from keyless.deploy.vaults.found import Found, Making
from keyless.model.nearest import quoted_list
from keyless.model.resources import Vault
from keyless.model.secret_text import SecretText
from keyless.planes.keyvault.arrivals import Arrival
from keyless.planes.keyvault.certificates.imported import Content
from keyless.planes.keyvault.certificates.policy_schemas import CertificatePolicy
from keyless.planes.keyvault.keys.bodies import lifetime_actions
from keyless.planes.keyvault.keys.material.imported import import_key_here
from keyless.planes.keyvault.keys.material.jwk import JsonWebKey
from keyless.planes.keyvault.keys.properties import KeyProperties, check_properties, operations_of
from keyless.planes.keyvault.keys.records import KEY, ROTATION_POLICIES, KeyVersion, RotationPolicy
from keyless.planes.keyvault.keys.rotation import check_policy
from keyless.planes.keyvault.keys.schemas import RotationPolicyJson
from keyless.planes.keyvault.objects.properties import check_tags, check_times
from keyless.planes.keyvault.secrets.properties import SecretProperties, check_value
from keyless.planes.keyvault.secrets.properties import check_properties as check_secret
from keyless.planes.keyvault.secrets.records import SECRET, SecretVersion
from keyless.planes.keyvault.vaults import check_name
from keyless.wire.errors import WireError

T = TypeVar("T")
_PLACEHOLDER = re.compile(r"\{\{\s*(?:(host)|(port)|now\s+(-?\d{1,12}))\s*\}\}")
_ID = re.compile(r"[0-9a-f]{32}")


class _Attributes(msgspec.Struct):
    """Times in epoch seconds."""

    enabled: bool = True
    created: int | None = None
    updated: int | None = None
    nbf: int | None = None
    exp: int | None = None


class _Version(msgspec.Struct, rename="camel"):
    entity_version: str
    attributes: _Attributes = msgspec.field(default_factory=_Attributes)
    tags: dict[str, str] = {}
    managed: bool = False

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class _Secret(_Version, rename="camel", kw_only=True):
    value: str
    content_type: str | None = None


class _Key(_Version, rename="camel", kw_only=True):
    key_material: JsonWebKey


class _Certificate(_Version, rename="camel", kw_only=True):
    """``value`` is a PFX in base64, or PEM."""

    value: str
    pwd: str | None = None
    policy: CertificatePolicy | None = None


def is_export(document: object) -> bool:
    """Whether a decoded file is an export of a Lowkey Vault."""
    return isinstance(document, dict) and isinstance(document.get("vaults"), list)


def fill_in(text: str, now: int) -> str:
    """A template with its placeholders filled in."""

    def value(match: re.Match[str]) -> str:
        if match[3] is not None:
            return str(now + int(match[3]))
        return "localhost" if match[1] else "8443"

    return _PLACEHOLDER.sub(value, text)


def read_lowkey(
    document: dict[str, Any], wanted: str | None, vault: Vault, choice: Choice, making: Making
) -> Found:
    """What an export holds for a vault; ``wanted`` names the one among its vaults.

    Raises:
        NotASource: there is no such vault in it, or there are several.
    """
    chosen = _chosen(document["vaults"], wanted)
    reader = _Reader(vault, choice, making)
    for noun, read in (
        ("secret", reader.secret),
        ("key", reader.key),
        ("certificate", reader.certificate),
    ):
        entries = chosen.get(f"{noun}s") or {}
        if not isinstance(entries, dict):
            raise NotASource(f"its {noun}s are no object of names")
        for name, entry in entries.items():
            reader.add(noun, name, entry, read)
    return reader.found


def _chosen(vaults: list[Any], wanted: str | None) -> dict[str, Any]:
    by_name = {_name_of(one): one for one in vaults if isinstance(one, dict)}
    if wanted is None and len(by_name) == 1:
        return next(iter(by_name.values()))
    found = by_name.get(wanted.casefold()) if wanted else None
    if found is None:
        known = quoted_list(by_name, "and") or "none"
        raise NotASource(f"name the vault to be taken from it with `--from-vault`: it has {known}")
    return found


def _name_of(vault: dict[str, Any]) -> str:
    """The first label of the host in a vault's address."""
    attributes = vault.get("attributes")
    told = attributes if isinstance(attributes, dict) else vault
    host = urlsplit(str(told.get("baseUri") or "")).hostname or ""
    return host if host.replace(".", "").isdigit() else host.partition(".")[0]


class _Reader:
    """Reads the objects of one vault for another."""

    def __init__(self, vault: Vault, choice: Choice, making: Making) -> None:
        self.found = Found()
        self._vault, self._choice, self._making = vault, choice, making

    def add(self, noun: str, name: str, entry: Any, read: Callable[[str, Any], Arrival[Any] | None]) -> None:  # noqa: ANN401  # any JSON
        """Note an object, or why it is left out."""
        if not self._choice.takes(name):
            return
        try:
            arrival = read(check_name(name), entry)
        except (WireError, ValueError, msgspec.ValidationError) as error:
            self.found.left.append(Left(f"{noun} {name}", str(error)))
            return
        if arrival is not None:
            self.found.add(arrival)

    def secret(self, name: str, entry: Any) -> Arrival[SecretVersion] | None:  # noqa: ANN401  # any JSON
        """A secret; none where it stands behind a certificate."""
        versions = _versions(entry, _Secret)
        if any(one.managed for one in versions):
            return None
        return Arrival(SECRET, name, tuple(self._secret_version(one) for one in versions))

    def _secret_version(self, given: _Secret) -> SecretVersion:
        properties = SecretProperties(given.content_type, given.tags)
        check_secret(properties)
        return SecretVersion(
            **self._common(given), value=check_value(SecretText(given.value)), content_type=given.content_type
        )

    def key(self, name: str, entry: Any) -> Arrival[KeyVersion] | None:  # noqa: ANN401  # any JSON
        """A key with its rotation policy; none where it stands behind a certificate."""
        versions = _versions(entry, _Key)
        if any(one.managed for one in versions):
            return None
        policy = self._rotation_policy(name, entry)
        belongings = {} if policy is None else {ROTATION_POLICIES.name: policy}
        return Arrival(KEY, name, tuple(self._key_version(one) for one in versions), belongings)

    def certificate(self, name: str, entry: Any) -> Arrival[Any]:  # noqa: ANN401  # any JSON
        """A certificate by its newest version, with what stands behind it."""
        versions = _versions(entry, _Certificate)
        newest = versions[-1]
        common = self._common(newest)
        arrival = certificate_arrival(
            name,
            Content(newest.value, newest.pwd, newest.policy),
            self._vault,
            self._making,
            tags=common["tags"],
            enabled=newest.attributes.enabled,
            version_id=newest.entity_version,
        )
        if len(versions) > 1:
            why = "older versions of certificates do not come, the newest does"
            self.found.left.append(Left(f"certificate {name}", why))
        return arrival

    def _key_version(self, given: _Key) -> KeyVersion:
        key_type, material = import_key_here(given.key_material)
        asked = given.key_material.key_ops or None
        check_properties(self._vault, key_type, KeyProperties(key_ops=asked))
        return KeyVersion(
            **self._common(given),
            key_type=key_type,
            material=material,
            key_ops=operations_of(key_type, asked),
        )

    def _rotation_policy(self, name: str, entry: Any) -> RotationPolicy | None:  # noqa: ANN401  # any JSON
        """The policy of a key; one that a vault would not take is left out by itself."""
        given = entry.get("rotationPolicy") if isinstance(entry, dict) else None
        if given is None:
            return None
        try:
            told = msgspec.convert(given, RotationPolicyJson)
            actions = lifetime_actions(told.lifetime_actions)
            check_policy(actions, told.attributes.expiry_time)
        except (WireError, msgspec.ValidationError) as error:
            self.found.left.append(Left(f"rotation policy of key {name}", str(error)))
            return None
        created, updated = told.attributes.created, told.attributes.updated
        now = self._making.now
        return RotationPolicy(actions, created or now, updated or created or now, told.attributes.expiry_time)

    def _common(self, given: _Version) -> dict[str, Any]:
        """What versions of every kind have."""
        if _ID.fullmatch(given.entity_version) is None:
            raise ValueError("the id of a version has 32 hexadecimal digits")
        attributes = given.attributes
        check_tags(given.tags)
        check_times(attributes.nbf, attributes.exp)
        created = attributes.created or self._making.now
        return {
            "id": given.entity_version,
            "created": created,
            "updated": attributes.updated or created,
            "enabled": attributes.enabled,
            "tags": given.tags or None,
            "not_before": attributes.nbf,
            "expires": attributes.exp,
        }


def _versions(entry: Any, kind: type[T]) -> list[T]:  # noqa: ANN401  # any JSON
    """The versions of an object, oldest first; older exports have the list alone.

    Raises:
        ValueError: there is none.
    """
    given = entry.get("versions") if isinstance(entry, dict) else entry
    versions = msgspec.convert(given, list[kind])  # type: ignore[valid-type]  # the type is a value here
    if not versions:
        raise ValueError("it has no version")
    return versions
