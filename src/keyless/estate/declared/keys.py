"""Keys of vaults: what kind of key, and how it rotates. Their material is made where they are applied."""

from __future__ import annotations

from keyless.estate import naming
from keyless.estate.declared.texts import NO_TAGS, TAGS
from keyless.estate.shapes.base import Where
from keyless.estate.shapes.containers import ListOf
from keyless.estate.shapes.record import Record, RecordOf, defaulted, optional, required
from keyless.estate.shapes.scalars import Text, WholeNumber, Word
from keyless.model.vault_keys import CURVES, OPERATIONS, TYPES

DURATION = Text(naming.DURATION)


class RotationEntry(Record, title="a rotation policy"):
    """When a key rotates by itself, and for how long its versions are valid: ISO 8601 durations."""

    time_after_create = optional(DURATION, "Rotate so long after a version was made.")
    time_before_expiry = optional(DURATION, "Or so long before it expires.")
    notify_before_expiry = optional(DURATION, "Tell of its expiry so long before it.")
    expiry_time = optional(DURATION, "How long versions that rotation makes are valid. Left out: for ever.")


class KeyEntry(Record, title="a key"):
    """A key of a vault. One that is there is left alone if it fits."""

    type = required(Where(Word("a type of key", *TYPES)), "Its type. Those of HSMs need a premium vault.")
    size = optional(
        Where(WholeNumber(128, 4096, "a number of bits")),
        "The bits of an RSA key (2048, 3072, 4096) or a symmetric one (128, 192, 256).",
    )
    curve = optional(Where(Word("a curve", *CURVES)), "The curve of an EC key. Left out: P-256.")
    operations = optional(
        Where(ListOf(Word("an operation", *OPERATIONS), "operations")),
        "What it may be used for. Left out: everything that its type can do.",
    )
    rotation = optional(RecordOf(RotationEntry), "When it rotates by itself. Left out: as it is.")
    tags = defaulted(TAGS, "Up to 15 tags.", default=NO_TAGS)
