"""What references are judged by: which there are, and what vaults hold, without a single value."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from keyless.model.resource_id import ResourceId
from keyless.model.resources import Vault, key_value_scope, secret_scope, snapshot_scope
from keyless.model.vault_references import Malformed, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReference:
    """A key-value that is a reference.

    ``label`` is empty for none, ``tags`` are pairs of name and value; ``snapshot`` names the one that the
    key-value lies in, empty for none; ``line`` is that of an estate file, 0 where none declares it.
    """

    store: ResourceId
    key: str
    points_to: Target | Malformed
    label: str = ""
    content_type: str = ""
    tags: tuple[tuple[str, str | None], ...] = ()
    snapshot: str = ""
    line: int = 0

    @property
    def lies_at(self) -> ResourceId:
        """The scope that reading it is decided at: the key-value, or the snapshot that it lies in."""
        if self.snapshot:
            return snapshot_scope(self.store, self.snapshot)
        return key_value_scope(self.store, self.key, self.label or None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretState:
    """One version of a secret. Times are in epoch seconds, none where it has none."""

    id: str
    enabled: bool = True
    not_before: int | None = None
    expires: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSecret:
    """A secret with its versions; ``current`` is the id of the newest.

    ``purge_at`` (epoch seconds) is given of one that was deleted; ``managed`` is one that stands behind a
    certificate.
    """

    name: str
    current: str
    versions: Sequence[SecretState]
    purge_at: int | None = None
    managed: bool = False

    def version(self, version_id: str) -> SecretState | None:
        """One of its versions; the newest for an empty id."""
        return next((one for one in self.versions if one.id == (version_id or self.current)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldVault:
    """A vault with those of its secrets that references name, by case-folded name.

    ``names`` are those of all its secrets that are there; ``versions_elsewhere`` says, by its id, whose a
    version is that a reference asks of another secret.
    """

    vault: Vault
    secrets: Mapping[str, HeldSecret] = field(default_factory=dict)
    versions_elsewhere: Mapping[str, str] = field(default_factory=dict)
    names: Sequence[str] = ()

    def scope(self, secret: str) -> ResourceId:
        """The scope of one of its secrets, spelled as it was first written."""
        held = self.secrets.get(secret.casefold())
        return secret_scope(ResourceId.parse(self.vault.resource_id), held.name if held else secret)


@dataclass(frozen=True, slots=True)
class SelectedReference:
    """That a principal's list selects a reference; with ``told``, its client said that it follows them."""

    principal_id: str
    reference: StoredReference
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceFacts:
    """All references, and the vaults that there are by name in lower case; ``deleted_vaults`` could be
    recovered. ``selected`` says who selects which, as far as filters are known: ``filtered`` are the
    principals and stores of which they are. ``now`` is the estate's time, in epoch seconds."""

    references: Sequence[StoredReference] = ()
    vaults: Mapping[str, HeldVault] = field(default_factory=dict)
    deleted_vaults: frozenset[str] = frozenset()
    selected: Sequence[SelectedReference] = ()
    filtered: Collection[tuple[str, ResourceId]] = ()
    now: int = 0

    def pointing_to(self, target: Target) -> Iterator[Target]:
        """What every reference to the same secret asks for."""
        wanted = (target.host, target.secret.casefold())
        for one in self.references:
            other = one.points_to
            if isinstance(other, Target) and (other.host, other.secret.casefold()) == wanted:
                yield other


NO_REFERENCES = ReferenceFacts()
