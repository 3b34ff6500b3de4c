"""From a process's control groups to its systemd unit and its container.

Rules:
- the hierarchy that systemd manages counts: `name=systemd` of version 1 where there is one, else version 2;
- the unit is the first part of the path that is no slice; what lies below it was made by the unit itself, or
  by whom it has been delegated to, and says nothing;
- below a user's own manager (`user@1000.service`) that user names units as they please: such a unit counts
  only together with the manager's name, and no container is seen there;
- a container is known by the id that its engine puts into a part above everything delegated;
- a path that leads out of our control-group namespace, or to a group that was removed, says nothing.

Sources: cgroups(7), cgroup_namespaces(7); systemd's `src/basic/cgroup-util.c` (`cg_path_get_unit`,
`cg_unescape`); https://systemd.io/CGROUP_DELEGATION; the engines' own naming, as their documents show it.
"""

from __future__ import annotations

import re

from keyless.model.workloads import Placement

_REMOVED = " (deleted)"
_UNIT = re.compile(r"[A-Za-z0-9:_.\\@-]+\.(?:service|scope|socket|mount|swap)")
_SLICE = re.compile(r"[A-Za-z0-9:_.\\@-]+\.slice")
_USER_MANAGER = re.compile(r"user@[0-9]+\.service")
_ID = r"([0-9a-f]{64})"
_SCOPE_OF_ENGINE = re.compile(rf"(?:docker|libpod|crio|cri-containerd|nerdctl|containerd)-{_ID}\.scope")
_GROUP_OF_ENGINE = re.compile(
    rf"/(?:docker|libpod_parent|actions_job|kubepods(?:/[^/]+){{1,2}})/(?:libpod-)?{_ID}/"
)


def read_placement(text: str) -> Placement:
    """The placement that the text of `/proc/PID/cgroup` tells."""
    path = _managed_path(text)
    if path is None or path.endswith(_REMOVED) or ".." in path.split("/"):
        return Placement()
    parts = [part.removeprefix("_") for part in path.split("/")[1:]]
    unit, below = _unit_of(parts)
    if unit is not None and _USER_MANAGER.fullmatch(unit):
        own, _ = _unit_of(below)
        return Placement(path, f"{unit}/{own}" if own else unit)
    return Placement(path, unit, _container_of(path, unit))


def _managed_path(text: str) -> str | None:
    """The path in the hierarchy that systemd manages."""
    paths = {}
    for line in text.splitlines():
        number, controllers, path = (*line.split(":", 2), "", "")[:3]
        paths[controllers if number != "0" else "0"] = path
    found = paths.get("name=systemd") or paths.get("0")
    return found if found and found.startswith("/") else None


def _unit_of(parts: list[str]) -> tuple[str | None, list[str]]:
    """The unit that a path of parts lies in, and the parts below it."""
    for at, part in enumerate(parts):
        if not _SLICE.fullmatch(part):
            return (part, parts[at + 1 :]) if _UNIT.fullmatch(part) else (None, [])
    return None, []


def _container_of(path: str, unit: str | None) -> str | None:
    """The id of the container, from its scope, or from its engine's own group at the top of the tree."""
    found = _SCOPE_OF_ENGINE.fullmatch(unit) if unit else _GROUP_OF_ENGINE.match(f"{path}/")
    return found[1] if found else None
