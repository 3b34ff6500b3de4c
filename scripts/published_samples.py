"""Fetch the samples that the Azure client libraries publish with their source distributions, for the tests.

The version is the installed one. They are kept in `build/samples`, so each version is fetched once.

python scripts/published_samples.py    # print where the samples are
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path, PurePosixPath

PACKAGES = (
    "azure-keyvault-secrets",
    "azure-keyvault-keys",
    "azure-keyvault-certificates",
    "azure-appconfiguration",
    "azure-appconfiguration-provider",
)
CACHE = Path(__file__).resolve().parent.parent / "build" / "samples"
_LIMIT_S = 120


class CannotFetch(Exception):
    """A source distribution could not be had; the message says why."""


def samples_of(package: str, cache: Path = CACHE) -> Path:
    """The directory of a package's samples, fetched where it is not there yet.

    Raises:
        CannotFetch: pip is missing, or finds no source distribution of the installed version.
    """
    place = cache / f"{package}-{version(package)}"
    with _locked(cache):
        if not place.is_dir():
            with tempfile.TemporaryDirectory(dir=cache) as scratch:
                archive = _download(package, Path(scratch))
                _unpack(archive, Path(scratch) / "samples").rename(place)
    return place


@contextmanager
def _locked(cache: Path) -> Iterator[None]:
    """Let one process at a time fetch; the others find what it has fetched."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _download(package: str, folder: Path) -> Path:
    wanted = f"{package}=={version(package)}"
    options = ["--no-deps", "--no-binary", package, "--quiet", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), wanted]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise CannotFetch(f"pip did not download `{wanted}` in {_LIMIT_S} s") from error
    found = list(folder.glob("*.tar.gz"))
    if done.returncode != 0 or len(found) != 1:
        said = done.stderr.strip().splitlines() or ["it gave no source distribution"]
        raise CannotFetch(f"pip cannot download the source distribution of `{wanted}`: {said[-1]}")
    return found[0]


def _unpack(archive: Path, folder: Path) -> Path:
    """Write the files of the `samples` directory at the archive's top, and nothing else of it."""
    folder.mkdir()
    with tarfile.open(archive) as packed:
        for member in packed:
            parts = PurePosixPath(member.name).parts
            content = packed.extractfile(member) if member.isfile() else None
            if content is not None and len(parts) == 3 and parts[1] == "samples":
                (folder / parts[2]).write_bytes(content.read())
    return folder


def main() -> int:
    """Print the directories; 1 where something cannot be fetched."""
    try:
        for package in PACKAGES:
            print(samples_of(package))
    except CannotFetch as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
