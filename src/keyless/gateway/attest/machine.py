"""What names mean on this machine: users, groups and files, asked for each time that they are needed."""

from __future__ import annotations

import grp
import os
import pwd
from typing import Protocol

from keyless.model.workloads import FileId


class Machine(Protocol):
    """A machine's names."""

    def uid_of(self, user: str) -> int | None:
        """The number of a user given by name or number; none for an unknown name."""
        ...

    def gid_of(self, group: str) -> int | None:
        """The number of a group given by name or number; none for an unknown name."""
        ...

    def file_of(self, path: str) -> FileId | None:
        """The file that a path leads to now; none where there is none."""
        ...


class ThisMachine:
    """The machine that this process runs on."""

    def uid_of(self, user: str) -> int | None:
        """The number of a user given by name or number; none for an unknown name."""
        if user.isdecimal():
            return int(user)
        try:
            return pwd.getpwnam(user).pw_uid
        except KeyError:
            return None

    def gid_of(self, group: str) -> int | None:
        """The number of a group given by name or number; none for an unknown name."""
        if group.isdecimal():
            return int(group)
        try:
            return grp.getgrnam(group).gr_gid
        except KeyError:
            return None

    def file_of(self, path: str) -> FileId | None:
        """The file that a path leads to now; none where there is none."""
        try:
            found = os.stat(path)
        except (OSError, ValueError):
            return None
        return FileId(found.st_dev, found.st_ino)

    def user_name(self, uid: int) -> str:
        """What a user is called, for people to read."""
        try:
            return pwd.getpwuid(uid).pw_name
        except KeyError:
            return str(uid)
