"""Reading an estate: from ``keyless.yaml`` to the value, or every problem in it at once.

The values of secrets come from the file, from an environment that the caller passes in, or from other files.
``read_outline`` needs none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from keyless.estate.declared.estate import ESTATE, EstateEntry
from keyless.estate.document import compose, load_file
from keyless.estate.problems import InvalidEstate
from keyless.estate.reading import Reading, Rejected
from keyless.estate.resolve.secrets import GivenSecrets, SecretSource, WithheldSecrets
from keyless.estate.resolve.world import resolve
from keyless.model.estate import Estate

ESTATE_FILE = "keyless.yaml"


def read_estate(path: Path, environ: Mapping[str, str]) -> Estate:
    """The estate that a file declares, with the values of its secrets.

    Raises:
        InvalidEstate: the file cannot be read, or something in it is wrong; it carries every problem.
    """
    return _read(load_file(path), str(path), GivenSecrets(environ, path.parent))


def read_outline(path: Path) -> Estate:
    """The estate that a file declares, without secret values: revealing one raises ``LookupError``.

    Raises:
        InvalidEstate: as for ``read_estate``, but a secret that is not at hand is no problem.
    """
    return _read(load_file(path), str(path), WithheldSecrets())


def read_text(
    text: str, environ: Mapping[str, str], *, file: str = ESTATE_FILE, folder: Path | None = None
) -> Estate:
    """The estate that a text declares; secret files are looked for in ``folder``, ``file`` is for messages.

    Raises:
        InvalidEstate: something in it is wrong; it carries every problem.
    """
    return _read(text, file, GivenSecrets(environ, folder or Path()))


def _read(text: str, file: str, source: SecretSource) -> Estate:
    reading = Reading(file, text)
    try:
        entry: EstateEntry = ESTATE.read(compose(text, file), reading)
    except Rejected:
        raise InvalidEstate(reading.problems) from None
    estate = resolve(entry, source, reading)
    reading.finish()
    return estate
