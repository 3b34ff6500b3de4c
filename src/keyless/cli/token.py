"""`keyless token`: an access token of the estate's owner, for programs that take one as a text."""

from __future__ import annotations

from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import click
import msgspec

from keyless.cli.failure import Failure, explained
from keyless.cli.options import chosen_project, declared_estate, project_option
from keyless.runtime.client import join
from keyless.runtime.messages import PROTOCOL, OpenShell, Ready

MANAGEMENT = "https://management.azure.com/"
_LIMIT_S = 10


class _Answer(msgspec.Struct):
    access_token: str


class _Error(msgspec.Struct):
    message: str


class _Refusal(msgspec.Struct):
    error: _Error


@click.command("token")
@click.option(
    "--resource", metavar="URI", default=MANAGEMENT, show_default=True, help="What the token is for."
)
@project_option
def command(resource: str, directory: Path | None) -> None:
    """Print an access token of the estate's owner, in a shell of `keyless shell` above all.

    It is taken by the planes of this project alone, for an hour. Whoever has it can do all that you can do in
    the estate: keep it out of files.
    """
    with explained():
        project = chosen_project(directory)
        lease = join(project, OpenShell(PROTOCOL, offline=True, estate=declared_estate(project)))
        with closing(lease):
            click.echo(_token(lease.ready, resource))


def _token(ready: Ready, resource: str) -> str:
    """A token from the endpoint of a shell; raises Failure where it gives none."""
    status, body = _asked(ready, resource)
    if status == 200:
        return msgspec.json.decode(body, type=_Answer).access_token
    raise Failure(msgspec.json.decode(body, type=_Refusal).error.message)


def _asked(ready: Ready, resource: str) -> tuple[int, bytes]:
    headers = {
        "Metadata": "true",
        "x-keyless-workload": ready.secret,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    try:
        with closing(HTTPConnection("127.0.0.1", ready.identity_port, timeout=_LIMIT_S)) as connection:
            connection.request("POST", "/oauth2/token", urlencode({"resource": resource}), headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
    except (OSError, HTTPException) as error:
        raise Failure(f"the plane does not answer ({type(error).__name__}): its log may say why") from error
