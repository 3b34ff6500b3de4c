"""Other issuers of tokens, and the trust of other identity providers in this site."""

from __future__ import annotations

from keyless.estate import naming
from keyless.estate.shapes.base import Where
from keyless.estate.shapes.record import Alternatives, Record, defaulted, optional, required
from keyless.estate.shapes.scalars import Text, YesOrNo


class KeySetEntry(Record, title="a key set"):
    """The public keys of an issuer, as a JWK set."""


class KeySetFromFile(KeySetEntry, told_by="file", short="file"):
    """A key set in a file; or the file's path alone."""

    file = required(Where(Text(naming.FILE)), "The file's path, relative to the estate file.")


class KeySetAsText(KeySetEntry, told_by="value"):
    """A key set in the estate file."""

    value = required(Where(Text(naming.KEY_SET)), "The JSON text.")


KEY_SET = Alternatives("a key set", KeySetFromFile, KeySetAsText)


class IssuerEntry(Record, title="an issuer"):
    """What must be known of an issuer that federated credentials name, beyond its name.

    An issuer that is not listed is asked for its keys over https, where a federated credential names it.
    """

    jwks = optional(KEY_SET, "Its public keys. They are then never fetched.")
    loopback = defaulted(
        YesOrNo(),
        "Whether it may be on this machine, for development. Such addresses are refused otherwise.",
        default=False,
    )


class FederationEntry(Record, title="a federation"):
    """That other identity providers, such as the real Entra ID, trust the identities of this site."""

    issuer = required(
        Where(Text(naming.SITE_ISSUER)),
        "Where `keyless federate --publish` is served: an address of your own that they can reach.",
    )
