"""What reading from Azure by its own client libraries has in common, whichever service it is.

Rules:
- who reads is whoever `DefaultAzureCredential` finds: the environment, a managed identity, the Azure CLI, …;
- what the libraries raise of the service as a whole becomes one message, of one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from keyless.deploy.sources import NotASource

_ADDRESS = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9.-]*(:\d{1,5})?/?")


def check_address(address: str, noun: str, example: str) -> None:
    """Refuse what is no address of a service; raises NotASource."""
    if _ADDRESS.fullmatch(address) is None:
        raise NotASource(f"the address of {noun} is such as `{example}`")


def missing(error: ImportError, noun: str, extra: str) -> NotASource:
    """What to install where a client library is missing."""
    return NotASource(
        f"reading another {noun} needs `{error.name}`: install Keyless with its extra `{extra}` "
        f"(`pip install 'keyless[{extra}]'`)"
    )


@contextmanager
def explained(noun: str) -> Iterator[None]:
    """Turn what the clients raise of the service as a whole into one message."""
    from azure.core.exceptions import AzureError, ClientAuthenticationError

    try:
        yield
    except ClientAuthenticationError as error:
        raise NotASource(f"nobody is signed in there: {_first_line(error)}") from error
    except AzureError as error:
        raise NotASource(f"the {noun} cannot be read: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
