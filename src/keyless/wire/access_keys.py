"""Callers that sign their requests with an access key, where a plane has such keys.

Rules:
- who signs is found out before anything else is looked at; the body is read when the signature holds, and not
  before, because its hash is part of what is signed;
- a key stands for itself: role assignments do not count for it. One for reading and writing may do everything
  in its own store, a read-only one what reads;
- nobody learns with a key: what a key is not allowed is denied in every mode;
- each request is counted as a sign-in, and each attempt with a key that exists.

Source: https://learn.microsoft.com/azure/azure-app-configuration/rest-api-authentication-hmac
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from keyless.evidence.recorder import SignInKey
from keyless.model.access_keys import AccessKey
from keyless.model.evidence import SignInMethod, SignInOutcome
from keyless.model.identities import Principal, PrincipalKind
from keyless.tokens.signed_request import (
    SCHEME,
    Authorization,
    KeyRejected,
    Signed,
    check_content,
    check_headers,
    check_signature,
    check_single,
    read_authorization,
)
from keyless.wire.errors import Unauthenticated
from keyless.wire.request import Request

DISABLED = "Authentication scheme disabled"


R_contra = TypeVar("R_contra", contravariant=True)


class AccessKeyring(Protocol[R_contra]):
    """The access keys of a plane's resources, which are of its own type."""

    def target(self, resource: R_contra) -> str:
        """The address that a resource's keys open."""
        ...

    def disabled(self, resource: R_contra) -> bool:
        """Whether the resource takes no keys."""
        ...

    async def key(self, resource: R_contra, key_id: str) -> AccessKey | None:
        """One of the resource's keys, by its id."""
        ...


async def signing_caller(
    keyring: AccessKeyring[R_contra],
    request: Request,
    resource: R_contra,
    read_body: Callable[[], Awaitable[bytes]],
) -> tuple[Principal, SignInKey]:
    """Who has signed a request, whose body has been read then; and the sign-in that this is.

    Raises:
        Unauthenticated: nobody has whose key the resource takes.
    """
    try:
        authorization = read_authorization(request.headers.get("authorization") or "")
        key = await keyring.key(resource, authorization.credential)
    except KeyRejected as rejected:
        raise _refused(rejected) from rejected
    attempt = None if key is None else _sign_in(key, keyring.target(resource))
    try:
        key = _checked(authorization, key, request, disabled=keyring.disabled(resource))
        check_content(request.headers.get, await read_body())
    except KeyRejected as rejected:
        raise _refused(rejected, attempt) from rejected
    return _principal(key), _sign_in(key, keyring.target(resource))


def _checked(
    authorization: Authorization, key: AccessKey | None, request: Request, *, disabled: bool
) -> AccessKey:
    """The key, where it has signed the request."""
    if disabled:
        raise KeyRejected(DISABLED)
    check_single(authorization, lambda name: len(request.headers.get_all(name)))
    header = _headers_of(request)
    check_headers(authorization, header, request.now)
    if key is None:
        raise KeyRejected("Invalid Credential")
    signed = Signed(request.method, request.path, request.query_string, header)
    check_signature(authorization, key.secret, signed)
    return key


def _headers_of(request: Request) -> Callable[[str], str | None]:
    """The request's headers; over HTTP/2 the host stands in a field of its own."""
    return lambda name: request.host if name == "host" else request.headers.get(name)


def _principal(key: AccessKey) -> Principal:
    kind = PrincipalKind.READ_ONLY_ACCESS_KEY if key.read_only else PrincipalKind.ACCESS_KEY
    return Principal(key.principal_id, key.id, "", "", kind)


def _sign_in(key: AccessKey, target: str) -> SignInKey:
    return SignInKey(key.principal_id, "", SignInMethod.ACCESS_KEY, key.id, target)


def _refused(rejected: KeyRejected, attempt: SignInKey | None = None) -> Unauthenticated:
    error = Unauthenticated(
        "the request is not signed by an access key that the resource takes",
        found=SCHEME,
        description=rejected.description,
    )
    if attempt is not None:
        outcome, why = SignInOutcome.FAILED, rejected.kind
        error.sign_in = attempt._replace(target="", outcome=outcome, error=why)
    return error
