"""Applications and what they prove themselves with."""

from __future__ import annotations

from keyless.estate import naming
from keyless.estate.declared.identities import APPLICATIONS_CREDENTIALS, NO_APPLICATIONS_CREDENTIALS
from keyless.estate.declared.texts import GUID, REFERENCE
from keyless.estate.declared.vaults import SECRET
from keyless.estate.shapes.base import Where
from keyless.estate.shapes.containers import ListOf
from keyless.estate.shapes.record import Alternatives, Record, defaulted, optional, required
from keyless.estate.shapes.scalars import Moment, Text, WholeNumber, Word
from keyless.model.identities import RunsOn


class CertificateEntry(Record, title="a certificate"):
    """A certificate that an application proves itself with. A private key beside it is left where it is."""


class CertificateFromFile(CertificateEntry, told_by="file"):
    """A certificate in a file."""

    file = required(Where(Text(naming.FILE)), "The path of a PEM file, relative to the estate file.")


class CertificateFromEnvironment(CertificateEntry, told_by="env"):
    """A certificate in an environment variable."""

    env = required(
        Where(Text(naming.VARIABLE)), "The name of the environment variable that holds the PEM text."
    )


class CertificateAsText(CertificateEntry, told_by="value"):
    """A certificate in the estate file."""

    value = required(Where(Text(naming.CERTIFICATE)), "The PEM text.")


CERTIFICATE = Alternatives(
    "a certificate", CertificateFromFile, CertificateFromEnvironment, CertificateAsText
)


class ApplicationEntry(Record, title="an application"):
    """An application registration: what it proves itself with, and as which resource tokens are for it.

    It needs one of the two. A client secret is the legacy way, and a certificate a stored credential too.
    """

    client_id = optional(GUID, "The application id. Left out: derived from tenant and name.")
    principal_id = optional(GUID, "The object id of its service principal. Left out: derived.")
    client_secret = optional(SECRET, "Its client secret, given like a vault's secret.")
    client_secret_expires = optional(
        Moment(), "When the secret holds no longer. Left out: it does not expire."
    )
    certificates = defaulted(
        ListOf(CERTIFICATE, "certificates"), "The certificates that it signs its assertions with.", default=()
    )
    identifier_uris = defaulted(
        ListOf(Where(Text(naming.IDENTIFIER_URI)), "identifier URIs"),
        "The audiences under which tokens for it are asked for, besides its client id.",
        default=(),
    )
    token_version = defaulted(
        WholeNumber(1, 2, "a token version"),
        "The version of the tokens for it; in version 2 their audience is its client id.",
        default=1,
    )
    runs_on = optional(
        Word("a place that code runs on", *(place.value for place in RunsOn)),
        "Where its code runs, so that `keyless plan` names the way off its credential. Left out: not known.",
    )
    compute = optional(
        REFERENCE,
        "The compute resource that its code runs on: its name, or `group/name`. `keyless plan` then gives "
        "its roles to the identity of that resource.",
    )
    federated_credentials = defaulted(
        APPLICATIONS_CREDENTIALS,
        "Tokens of other issuers, or of a managed identity, that stand for it.",
        default=NO_APPLICATIONS_CREDENTIALS,
    )
