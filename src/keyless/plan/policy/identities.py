"""How the identity of each compute resource is chosen: what a person knows that no estate and no log says.

The rules themselves are in `keyless.plan.identities.table`.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

EVERY = "*"
"""The name by which a hint is given for every compute resource."""


class ComputeHints(
    msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True
):
    """What is known of one compute resource; none where it follows from the resource itself.

    ``replicated``: others carry out the same task, or will. ``ephemeral``: made and deleted often, each
    time with an identity of its own. ``access_before_deployment``: it needs its access in order to be
    deployed. ``separate_approval``: somebody else must approve each new identity. ``audit_per_resource``:
    logs must tell which resource did a thing. ``lifecycle_with_resource``: its access must go when it goes.
    ``environment`` and ``zone`` (of trust) say what it belongs to, whatever its tags and names say.
    """

    replicated: bool | None = None
    ephemeral: bool | None = None
    access_before_deployment: bool | None = None
    separate_approval: bool | None = None
    audit_per_resource: bool | None = None
    lifecycle_with_resource: bool | None = None
    environment: str | None = None
    zone: str | None = None


class IdentityRules(
    msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True
):
    """``keep`` leaves every resource with the identities that it has.

    ``environment_tags`` and ``zone_tags`` are the names of the tags that tell the environment and the trust
    zone, the first one that is there counts. ``across_regions`` lets resources of several regions share an
    identity. ``near`` is how much of a shared identity's permissions each member would have to need itself
    for a group to be named as nearly equal (1 is all of them). ``compute`` are hints by the name or id of a
    compute resource, ``*`` for all of them.
    """

    keep: bool = False
    environment_tags: tuple[str, ...] = ("environment", "env")
    zone_tags: tuple[str, ...] = ("trustZone", "zone")
    across_regions: bool = False
    near: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.75
    compute: dict[str, ComputeHints] = {}
