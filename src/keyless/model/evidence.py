"""What was decided, for whom, how often: the record that plans are made from. Names only, never values."""

from __future__ import annotations

import enum
from functools import lru_cache

import msgspec

from keyless.model.actions import ActionPlane
from keyless.model.resource_id import ResourceId


class Outcome(enum.StrEnum):
    """How a call was settled: by a grant, let pass by learning, or refused."""

    ALLOWED = "allowed"
    LEARNED = "learned"
    DENIED = "denied"


class SignInMethod(enum.StrEnum):
    """What a caller proved itself with."""

    CLIENT_SECRET = "client-secret"
    CERTIFICATE = "certificate"
    ACCESS_KEY = "access-key"
    FEDERATED_CREDENTIAL = "federated-credential"
    MANAGED_IDENTITY = "managed-identity"
    LOCAL_ACCOUNT = "local-account"

    @property
    def is_stored(self) -> bool:
        """Whether it rests on a credential that somebody keeps: what a managed identity replaces."""
        return self in {SignInMethod.CLIENT_SECRET, SignInMethod.CERTIFICATE, SignInMethod.ACCESS_KEY}


class SignInOutcome(enum.StrEnum):
    """Whether a caller was taken for who it said it was."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"


class SignIn(msgspec.Struct, frozen=True, rename="camel", tag_field="record", tag="sign-in"):
    """One (who, by what, for what, how it went), aggregated.

    ``client_id`` is empty for an access key. ``by`` says more of the method: the key's id, a certificate's
    thumbprint, a federated credential's name, the kind of host. ``target`` is the audience of the token, or
    the store that a key opens; empty for what failed. ``error`` is the code of a failure (an AADSTS number);
    ``host`` is the ARM id of the compute resource that the caller ran as, empty where that is not known.
    """

    principal_id: str
    client_id: str
    method: SignInMethod
    by: str
    target: str
    outcome: SignInOutcome
    error: str
    count: int
    first_seen: int
    last_seen: int
    host: str = ""


class Run(msgspec.Struct, frozen=True, rename="camel"):
    """One run of a workload under the local plane. Times in epoch seconds.

    ``principal_ids`` are those of its identities. ``program`` is the base name of what ran, and never its
    arguments, which may hold secrets; ``exit_code`` is none where the run ended without a word.
    ``serving_since`` is when it served its first request, none where it served none that was seen;
    ``started_up`` when its start was over, none where that was not looked at.
    """

    workload: str
    principal_ids: tuple[str, ...]
    learning: bool
    program: str
    started: int
    ended: int
    exit_code: int | None = None
    serving_since: int | None = None
    started_up: int | None = None


class RunRead(msgspec.Struct, frozen=True, rename="camel"):
    """What one principal read in one run: how often at its start, and again later.

    What was asked for the first time counts as read at the start, whenever that was. ``checks`` were answered
    without content; ``again`` says that starts and changes do not explain so many reads.
    """

    principal_id: str
    action: str
    scope: str
    at_start: int
    later: int
    checks: int
    again: bool


class LaterReads(msgspec.Struct, frozen=True, rename="camel", tag_field="record", tag="later-reads"):
    """What one principal reads after the starts of its runs, the reads of all of them together.

    The fields are those of `RunRead`; ``runs`` is how many runs read it later, ``again`` how many of them
    read it again and again.
    """

    principal_id: str
    action: str
    scope: str
    runs: int
    at_start: int
    later: int
    checks: int
    again: int


class Peak(msgspec.Struct, frozen=True, rename="camel", tag_field="record", tag="peak"):
    """How often one caller asked for one thing at most: within a second, and within ten.

    ``seen`` is when the ten seconds with the most were over, in epoch seconds.
    """

    principal_id: str
    operation: str
    action: str
    scope: str
    per_second: int
    per_window: int
    seen: int


class Throttling(msgspec.Struct, frozen=True, rename="camel", tag_field="record", tag="throttled"):
    """Requests of one caller that were refused because a limit was reached.

    The limit was ``units`` of what ``pool`` names within ``window_s`` seconds (0: of all that is kept), of
    one resource or, where ``of_subscription``, of all those of its subscription and region.
    """

    principal_id: str
    operation: str
    scope: str
    pool: str
    units: int
    window_s: int
    of_subscription: bool
    count: int
    first_seen: int
    last_seen: int


class Selection(msgspec.Struct, frozen=True, rename="camel", tag_field="record", tag="selection"):
    """What a caller selects where it lists: the filters as it sent them, empty for none; or a snapshot.

    ``scope`` is what it lists. With ``follows`` its client said that it follows the references that it loads.
    """

    principal_id: str
    scope: str
    keys: str
    labels: str
    tags: tuple[str, ...]
    snapshot: str
    follows: bool
    first_seen: int
    last_seen: int


LOG_PREFIX = "Log."
"""What the operation of a line of evidence begins with that came from a log."""
NO_ACTION = "no action is known for this operation"
"""Why an event of a log is not mapped, where it could well have been an access."""


class UnmappedOperation(msgspec.Struct, frozen=True, rename="camel"):
    """Events of one category of log that no action is known for: which operation, how many, and why not."""

    category: str
    operation: str
    count: int
    why: str


class LogImport(msgspec.Struct, frozen=True, rename="camel"):
    """One category of log in one import: how many events it had, and of how many an action is known.

    ``source`` is what a person called it (a file, a directory), ``category`` the kind of log, empty for what
    could not be read as a row of any; times are in epoch seconds. ``events`` are counted without
    ``duplicates`` (what was there twice) and ``steps`` (rows that only say that a call began or goes on),
    and with ``people`` (whose events are left out), ``out_of_time`` (before 2010, or in the future) and
    ``malformed`` (what could not be read).
    """

    source: str
    category: str
    events: int
    mapped: int
    malformed: int
    duplicates: int
    first_seen: int
    last_seen: int
    imported_at: int = 0
    steps: int = 0
    people: int = 0
    out_of_time: int = 0


class Observation(msgspec.Struct, frozen=True, rename="camel"):
    """One (who, what, where, outcome, by which assignment), aggregated.

    ``scope`` is the most specific id that was decided on (a secret, a key-value; the vault or store for
    lists); ``assignment_id`` the GUID of the deciding assignment, empty where none allowed it
    (an access key needs none). Where a vault's access policies decide, it is the name of the entry, or
    `noAccessPolicy:` and the permission that none gave;
    ``first_seen`` and ``last_seen`` are epoch seconds, ``days`` the days since the epoch (UTC) on which it
    was seen, ascending, and ``counts`` how often on each of them; both empty where that was not kept.
    ``checks`` were answered without content: they said that nothing has changed, or only what there is.
    """

    principal_id: str
    operation: str
    plane: ActionPlane
    action: str
    scope: str
    outcome: Outcome
    assignment_id: str
    count: int
    first_seen: int
    last_seen: int
    days: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()
    checks: int = 0

    @property
    def from_log(self) -> bool:
        """Whether it came from a log, and was not decided here."""
        return self.operation.startswith(LOG_PREFIX)

    @property
    def scope_id(self) -> ResourceId:
        """The scope as a resource id."""
        return _scope(self.scope)


@lru_cache(maxsize=32768)
def _scope(text: str) -> ResourceId:
    """A scope, read once for the many lines of evidence that have it."""
    return ResourceId.parse(text)
