"""What becomes of each Key Vault reference, and who can follow it."""

from __future__ import annotations

import enum

import msgspec


class ReferenceState(enum.StrEnum):
    """How a reference stands; the first that applies, in the order of this list."""

    NOT_JSON = "not-json"
    NO_URI = "no-uri"
    NOT_A_SECRET = "not-a-secret"
    VAULT_DELETED = "vault-deleted"
    ELSEWHERE = "elsewhere"
    """Its vault is none that is known here."""
    NO_SECRET = "no-secret"
    DELETED = "deleted"
    """Its secret was deleted, and can be recovered."""
    OTHER_SECRET = "other-secret"
    """Its version is one of another secret."""
    NO_VERSION = "no-version"
    DISABLED = "disabled"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    EXPIRING = "expiring"
    PINNED = "pinned"
    """It names a version, so that it does not follow when the secret changes."""
    FINE = "fine"


class Severity(enum.StrEnum):
    """How bad that is: who follows it fails; will, or gets what is out of date; or it is good to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"
    NONE = "none"


class ReferenceReader(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A principal that reads a reference, and whether it can read the secret.

    ``seen`` is true where evidence shows that it reads the store, and false where only its roles let it.
    ``today`` is by what is granted now, ``planned`` when the plan is carried out; with ``follows`` it is sure
    that it follows references there. ``how`` says what to do, empty where there is nothing.
    """

    principal_id: str
    name: str
    seen: bool
    today: bool
    planned: bool
    follows: bool = False
    how: str = ""


class ReferenceResult(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One reference. ``store`` is the store's id, ``label`` and ``snapshot`` are empty for none; ``vault`` is
    the vault's host name, and with ``secret`` and ``version`` empty where it points to none. ``line`` is that
    of an estate file."""

    store: str
    key: str
    state: ReferenceState
    severity: Severity
    label: str = ""
    snapshot: str = ""
    vault: str = ""
    secret: str = ""
    version: str = ""
    why: str = ""
    how: str = ""
    line: int = 0
    readers: tuple[ReferenceReader, ...] = ()

    def unable(self) -> tuple[ReferenceReader, ...]:
        """Those who read it and can still not read the secret."""
        return tuple(one for one in self.readers if not one.planned)
