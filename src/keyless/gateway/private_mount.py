"""Showing a directory or file of ours at a fixed place, to this process and its children alone.

Rules:
- the process moves into a mount namespace of its own, and, where it is not root, into a user namespace too,
  in which it keeps its user and group; nothing changes for anyone else, and nothing is left behind. It moves
  once, however much it is shown. One that is not root stays where it is where that would be refused half-way;
- where the place is there, the directory is mounted on it. Where it is not, the nearest directory above that
  is there is covered with the same content and the missing directories, and made read-only, so that nothing
  that is written there is lost unnoticed;
- a file is mounted on one that is there, at the end of whatever links lead to it;
- mounts that others make later still arrive.

It has to happen before the process has threads. Source: unshare(2), mount(2), user_namespaces(7)
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

_CLONE_NEWNS = 0x00020000
_CLONE_NEWUSER = 0x10000000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_REMOUNT = 1, 2, 4, 32
_MS_BIND, _MS_REC, _MS_SLAVE = 4096, 16384, 1 << 19


class CannotMount(Exception):
    """The system does not let us; the message says at what."""


def show_at(source: Path, place: Path) -> None:
    """Show a directory, ``source``, at ``place`` from now on.

    Raises:
        CannotMount: namespaces are switched off here, or a mount is refused.
    """
    with _on_our_own(), _opened(source, os.O_DIRECTORY) as ours:
        if not place.is_dir():
            _make_room(place)
        _bind(ours, place)


def show_file_at(source: Path, place: Path) -> None:
    """Show a file, ``source``, in place of the one at ``place`` from now on; ours may be removed then.

    Raises:
        CannotMount: there is no file there, namespaces are switched off here, or a mount is refused.
    """
    with _on_our_own(), _opened(source) as ours:
        _bind(ours, place.resolve(strict=True))


@contextmanager
def _on_our_own() -> Iterator[None]:
    """Be where mounts are nobody else's; what the system refuses is told as CannotMount."""
    if not sys.platform.startswith("linux"):
        raise CannotMount("only Linux has mount namespaces")
    try:
        _move_out()
        yield
    except OSError as error:
        raise CannotMount((error.strerror or str(error)).lower()) from error


@cache
def _move_out() -> None:
    if os.geteuid() != 0:
        _try_in_a_child()
    _leave()


def _leave() -> None:
    _enter_namespaces()
    _mount("none", "/", None, _MS_REC | _MS_SLAVE)


def _try_in_a_child() -> None:
    """Raise what the system refuses, which it may do half-way: then a process is left without its user."""
    child = os.fork()
    if child == 0:
        number = errno.EPERM
        try:
            _leave()
            number = 0
        except OSError as error:
            number = error.errno or number
        finally:
            os._exit(number)
    refused = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if refused:
        raise OSError(refused, os.strerror(refused))


def _enter_namespaces() -> None:
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        _call(_libc().unshare(_CLONE_NEWNS))
        return
    _call(_libc().unshare(_CLONE_NEWUSER | _CLONE_NEWNS))
    Path("/proc/self/setgroups").write_text("deny")  # without it, no group may be mapped
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def _make_room(place: Path) -> None:
    """Make a directory where there is none, without the right to make it: in a copy of what is there."""
    base = next(parent for parent in place.parents if parent.is_dir())
    with _opened(base, os.O_DIRECTORY) as beneath:
        _mount("keyless", base, "tmpfs", _MS_NOSUID | _MS_NODEV, "mode=755,size=1m")
        for entry in os.listdir(beneath):
            _copy_entry(Path(beneath, entry), base / entry)
        place.mkdir(parents=True)
        _mount("none", base, None, _MS_REMOUNT | _MS_BIND | _MS_RDONLY)


def _copy_entry(entry: Path, place: Path) -> None:
    mode = entry.lstat().st_mode
    if stat.S_ISLNK(mode):
        place.symlink_to(os.readlink(entry))
        return
    if stat.S_ISDIR(mode):
        place.mkdir()
    else:
        place.touch()
    _bind(str(entry), place)


@contextmanager
def _opened(path: Path, kind: int = 0) -> Iterator[str]:
    """A path to a file or directory that still leads to it once something is mounted over it.

    It has to be opened in the namespace that it is used in: no mount is taken from another one.
    """
    descriptor = os.open(path, os.O_PATH | kind | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


def _bind(source: str, place: Path) -> None:
    _mount(source, place, None, _MS_BIND | _MS_REC)


def _mount(source: str, place: str | Path, kind: str | None, flags: int, options: str = "") -> None:
    encoded = kind.encode() if kind else None
    _call(_libc().mount(source.encode(), os.fsencode(place), encoded, flags, options.encode() or None))


def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mount.argtypes = (*[ctypes.c_char_p] * 3, ctypes.c_ulong, ctypes.c_char_p)
    return libc


def _call(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
