"""The person at the keyboard: the owner of the project's files, and so of the estate that lies in them.

Rules:
- the person is made once, with what every owner of a new subscription has: Owner, here at the root of the
  tenant, and Global Administrator in the directory. Both can be taken away like anybody's, and are not given
  back;
- the object id is random, so that it says nothing of who the person is; the name is that of the account at
  this machine, and goes with the tenant's domain where the tenant is called something else;
- what roles the person has is the person's own affair: no estate file declares it, so none is written into
  one, and none is removed because a file does not name it.

Who is at the keyboard is not decided here: whoever calls this knows it from the operating system.

Source: https://learn.microsoft.com/azure/role-based-access-control/elevate-access-global-admin
"""

from __future__ import annotations

import re
from collections.abc import Callable

from keyless.model.derived_ids import assignment_id
from keyless.model.directory import GLOBAL_ADMINISTRATOR, DirectoryRoleAssignment, User
from keyless.model.estate import derived_guid
from keyless.model.resource_id import ResourceId
from keyless.model.resources import Tenant
from keyless.model.roles import RoleAssignment
from keyless.store.collections import ASSIGNMENTS, DIRECTORY_ROLE_ASSIGNMENTS, USERS
from keyless.store.ports import Reader, Store

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
_ROOT = ResourceId(())
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9._-]+")
_NAMELESS = "owner"


async def local_user(store: Store, tenant: Tenant, account: str, new_id: Callable[[], str]) -> User:
    """The person whose account at this machine is ``account``; made where there is none yet.

    ``new_id`` makes an object id (a GUID).
    """
    name = f"{_NOT_IN_A_NAME.sub('-', account.casefold()).strip('.-') or _NAMELESS}@{tenant.domain}"
    async with store.transaction() as transaction:
        for _, known in await transaction.scan(USERS):
            if not known.local:
                continue
            if known.user_principal_name == name:
                return known
            renamed = User(known.principal_id, name, account, local=True)
            await transaction.put(USERS, (known.principal_id,), renamed)
            return renamed
        made = User(new_id(), name, account, local=True)
        await transaction.put(USERS, (made.principal_id,), made)
        owner, administrator = _owner_of_all(made), _administrator(made)
        await transaction.put(ASSIGNMENTS, (owner.id,), owner)
        await transaction.put(DIRECTORY_ROLE_ASSIGNMENTS, (administrator.id,), administrator)
    return made


async def local_user_ids(reader: Reader) -> frozenset[str]:
    """The object ids (case-folded) of whoever is at the keyboard, whose roles are in no estate file."""
    return frozenset(user.principal_id.casefold() for _, user in await reader.scan(USERS) if user.local)


def _owner_of_all(user: User) -> RoleAssignment:
    return RoleAssignment(
        assignment_id(user.principal_id, OWNER, _ROOT), user.principal_id, OWNER, _ROOT.text, "User"
    )


def _administrator(user: User) -> DirectoryRoleAssignment:
    own_id = derived_guid("directory role", user.principal_id, GLOBAL_ADMINISTRATOR)
    return DirectoryRoleAssignment(own_id, user.principal_id, GLOBAL_ADMINISTRATOR)
