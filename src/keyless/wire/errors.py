"""What can go wrong with a call, in the domain's own terms; ``wire/shapes.py`` gives them each plane's form.

Each error has a stable ``code``, a public message, and a private ``detail`` that goes to the log alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from keyless.evidence.recorder import SignInKey
from keyless.model.denies import DenyAssignment
from keyless.model.identities import Principal
from keyless.model.resource_id import ResourceId
from keyless.tokens.verify import Rejection


class WireError(Exception):
    """The base of all of them. ``inner`` is a more exact code, where the plane's error bodies have one.

    ``sign_in`` is the attempt that failed with it, for the dispatcher to count: only of a caller that exists.
    """

    status = 500
    code = "InternalServerError"
    sign_in: SignInKey | None = None

    def __init__(
        self, message: str, *, code: str | None = None, inner: str | None = None, detail: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.inner = inner
        self.detail = detail
        if code is not None:
            self.code = code


class Unauthenticated(WireError):
    """No credential, or one that does not hold. ``rejection`` is none where there was no token.

    ``revoked_at`` (epoch seconds) says that a token issued later than that may hold.
    ``description`` says of a request signed with an access key why it does not hold.
    """

    status = 401
    code = "Unauthorized"

    def __init__(
        self,
        message: str,
        *,
        rejection: Rejection | None = None,
        found: str = "",
        expected: str = "",
        revoked_at: int | None = None,
        description: str = "",
    ) -> None:
        super().__init__(message)
        self.rejection = rejection
        self.found = found
        self.expected = expected
        self.revoked_at = revoked_at
        self.description = description


class Challenged(Unauthenticated):
    """A caller that is known and has to prove more: ``realm`` tells what, without an `=` in it."""

    def __init__(self, message: str, realm: str) -> None:
        super().__init__(message)
        self.realm = realm


class Forbidden(WireError):
    """A verified caller without the permission.

    ``permission`` is the one that access policies do not give it, such as `secrets/get`, where those decide;
    ``deny`` is the deny assignment that took it, if one did.
    """

    status = 403
    code = "Forbidden"

    def __init__(
        self,
        caller: Principal,
        action: str,
        scope: ResourceId,
        location: str = "",
        permission: str | None = None,
        deny: DenyAssignment | None = None,
    ) -> None:
        super().__init__(f"the caller may not perform `{action}` at `{scope}`")
        self.caller = caller
        self.location = location
        self.action = action
        self.scope = scope
        self.permission = permission
        self.deny = deny


class LinkedForbidden(Forbidden):
    """A verified caller with the permission for what it does, but not for what that makes use of.

    ``caller``, ``action`` and ``scope`` are those of what is made use of; ``own_action`` and ``own_scope``
    are the operation's.
    """

    code = "LinkedAuthorizationFailed"

    def __init__(self, refused: Forbidden, own_action: str, own_scope: ResourceId) -> None:
        super().__init__(refused.caller, refused.action, refused.scope, refused.location, deny=refused.deny)
        self.own_action = own_action
        self.own_scope = own_scope


class NotAllowed(WireError):
    """Permitted, but not in the object's state (a disabled secret)."""

    status = 403
    code = "Forbidden"


@dataclass(frozen=True, slots=True)
class Missing:
    """A thing that an app asked for and that is not there: ``kind`` is `secret` or `key-value`."""

    kind: str
    container: str
    name: str
    label: str | None = None


class NotFound(WireError):
    """There is no such object. ``missing`` names one that an estate could declare."""

    status = 404
    code = "NotFound"

    def __init__(self, message: str, *, code: str | None = None, missing: Missing | None = None) -> None:
        super().__init__(message, code=code)
        self.missing = missing


class NoSuchOperation(NotFound):
    """The plane has nothing at the request's path."""


class NotAtThisVersion(NoSuchOperation):
    """The plane has the operation, at other api-versions than the request's."""


class MethodNotAllowed(WireError):
    """The path is known, with other methods: those ``allowed``."""

    status = 405
    code = "MethodNotAllowed"

    def __init__(self, message: str, *, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.allowed = allowed


class Conflict(WireError):
    """The object's state stands in the way."""

    status = 409
    code = "Conflict"


class PreconditionFailed(WireError):
    """An `If-Match` or `If-None-Match` of a write did not hold."""

    status = 412
    code = "PreconditionFailed"


class InvalidRequest(WireError):
    """Something in the request is wrong; ``field`` names it, and ``known`` what it could be."""

    status = 400
    code = "BadParameter"

    def __init__(
        self, message: str, *, field: str = "", code: str | None = None, known: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message, code=code)
        self.field = field
        self.known = known


class InvalidBody(InvalidRequest):
    """The request's body is not what the operation takes; ``problem`` says where."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"the request's body is not valid: {problem}", field="body")
        self.problem = problem


class InvalidProperty(InvalidRequest):
    """A property of the request's body, by its name, has a value that it may not have; ``why`` says so."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"the property `{name}` has an invalid value: {why}", field=name)
        self.why = why


class PayloadTooLarge(WireError):
    """The body is larger than the plane takes."""

    status = 413
    code = "RequestEntityTooLarge"


class UnsupportedMediaType(WireError):
    """The body is of a type that the plane does not read."""

    status = 415
    code = "UnsupportedMediaType"


@dataclass(frozen=True, slots=True)
class TransactionLimit:
    """A limit that was reached: so many units of a pool in a window, of one resource or of a subscription.

    ``window_s`` is 0 where it is about all that is kept; ``policy`` is what the service calls the limit.
    """

    pool: str
    units: int
    window_s: int
    of_subscription: bool = False
    policy: str = ""


class Throttled(WireError):
    """Too many requests; try again after ``retry_after_s`` seconds. ``limit`` is what was reached."""

    status = 429
    code = "Throttled"

    def __init__(self, message: str, retry_after_s: float, limit: TransactionLimit | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.limit = limit


class Unavailable(WireError):
    """The service does not do its work for a while; what there is of it was not looked at."""

    status = 503
    code = "ServiceUnavailable"


class StorageFull(WireError):
    """There is no room for what is to be written beside ``most`` bytes, and no wait makes any."""

    status = 429
    code = "StorageQuotaExceeded"

    def __init__(self, message: str, most: int) -> None:
        super().__init__(message)
        self.limit = TransactionLimit("bytes", most, 0, policy="Storage")


class InvalidGrant(WireError):
    """A token request that Entra refuses: ``error`` is OAuth's word, ``number`` the AADSTS code."""

    def __init__(self, number: int, error: str, message: str, *, status: int = 400) -> None:
        super().__init__(message, code=error)
        self.number = number
        self.error = error
        self.status = status


class NotImplementedHere(WireError):
    """Azure has it, this plane does not; ``docs/divergences.md`` says so."""

    status = 501
    code = "NotImplemented"


class Bug(WireError):
    """Something that cannot happen did; the caller learns no more than that."""
