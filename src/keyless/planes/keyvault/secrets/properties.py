"""What may be said of a secret besides its value, and how large everything may be.

Source: https://learn.microsoft.com/azure/key-vault/secrets/about-secrets
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from keyless.model.secret_text import SecretText
from keyless.planes.keyvault.objects.properties import check_tags, check_times
from keyless.planes.keyvault.secrets.records import SecretVersion
from keyless.wire.errors import InvalidProperty

MAX_VALUE_BYTES = 25_600
MAX_CONTENT_TYPE_CHARACTERS = 255


class SecretProperties(msgspec.Struct, frozen=True):
    """Properties of a version; what is none keeps its value on an update, and its default on a set.

    ``not_before`` and ``expires`` are epoch seconds. They inform: a get works outside of them too.
    """

    content_type: str | None = None
    tags: Mapping[str, str] | None = None
    enabled: bool | None = None
    not_before: int | None = None
    expires: int | None = None


NO_PROPERTIES = SecretProperties()


def check_value(value: SecretText) -> str:
    """The value, if it is small enough.

    Raises:
        InvalidRequest: it has more than 25,600 bytes of UTF-8, or cannot be written as UTF-8.
    """
    plain = value.reveal()
    try:
        size_bytes = len(plain.encode())
    except UnicodeEncodeError:
        raise InvalidProperty("value", "it is not Unicode text") from None  # the cause holds the value
    if size_bytes > MAX_VALUE_BYTES:
        raise InvalidProperty("value", f"it has {size_bytes} bytes, and at most {MAX_VALUE_BYTES} are kept")
    return plain


def check_properties(properties: SecretProperties) -> None:
    """Check every property that is given.

    Raises:
        InvalidRequest: one is too long, too many or out of range; ``field`` names it.
    """
    content_type = properties.content_type
    if content_type is not None and len(content_type) > MAX_CONTENT_TYPE_CHARACTERS:
        raise InvalidProperty("contentType", f"it may have {MAX_CONTENT_TYPE_CHARACTERS} characters")
    check_tags(properties.tags)
    check_times(properties.not_before, properties.expires)


def new_version(version_id: str, value: SecretText, properties: SecretProperties, now: int) -> SecretVersion:
    """A version that is made now (epoch seconds).

    Raises:
        InvalidRequest: the value or a property is not allowed.
    """
    check_properties(properties)
    return SecretVersion(
        id=version_id,
        value=check_value(value),
        created=now,
        updated=now,
        enabled=properties.enabled is not False,
        content_type=properties.content_type,
        tags=None if properties.tags is None else dict(properties.tags),
        not_before=properties.not_before,
        expires=properties.expires,
    )
