"""Role assignments that public Bicep modules make from what they are handed.

Rules:
- `roleAssignments` of a module of a resource are at that resource; a role is given by name or by id. Modules
  of the repository that are handed the same are copies of public ones, and do the same;
- modules whose purpose is one assignment are handed its parts one by one, and where it is made;
- what is not a record (a list that a parameter brings in) gives no assignment.

Source: https://azure.github.io/Azure-Verified-Modules/specs/bcp/res/interfaces/
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.assess.deployed.body import look_up
from keyless.assess.deployed.collected import records_in
from keyless.assess.deployed.grant_scopes import Scope, level_of, level_of_type
from keyless.assess.deployed.grants import Grant, ScopeKind
from keyless.assess.deployed.holders import Holder, holders
from keyless.assess.deployed.linked import Linked
from keyless.assess.deployed.pairs import counts_at_list, paired
from keyless.assess.deployed.read_value import ValueReader
from keyless.assess.deployed.roles_given import RoleGiven, roles_given
from keyless.assess.deployed.scopes import scopes
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import Entry, entry_of
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.templates import Module, Template
from keyless.catalog.avm import avm_module, avm_path

_ROLES = ("roleDefinitionIdOrName", "roleDefinitionId", "roleName")
_AT_RESOURCE = "avm/ptn/authorization/resource-role-assignment"
_AT_ANY = "avm/ptn/authorization/role-assignment"
_SINGLE = {
    _AT_RESOURCE: ScopeKind.RESOURCE,
    _AT_ANY: ScopeKind.MANAGEMENT_GROUP,
    "avm/res/authorization/role-assignment/rg-scope": ScopeKind.RESOURCE_GROUP,
    "avm/res/authorization/role-assignment/sub-scope": ScopeKind.SUBSCRIPTION,
    "avm/res/authorization/role-assignment/mg-scope": ScopeKind.MANAGEMENT_GROUP,
}
_NARROWER = (
    ("resourceGroupName", ScopeKind.RESOURCE_GROUP),
    ("subscriptionId", ScopeKind.SUBSCRIPTION),
)
_MOST = 20


def module_grants(repository: Repository) -> Iterator[Grant]:
    """The assignments of every public module."""
    for template in repository.templates:
        for module in template.modules:
            path = avm_path(module.source)
            handed = Linked(module.arguments, template)
            if path in _SINGLE:
                where = _where(repository, template, module, path)
                yield from _Handed(repository, template, module, handed, where).grants()
            else:
                yield from _listed(repository, template, module)


def _where(repository: Repository, template: Template, module: Module, path: str) -> Scope:
    """Where a module that makes one assignment makes it."""
    resource = entry_of(module.arguments, "resourceId")
    if path == _AT_RESOURCE and resource is not None:
        kind, at, at_path = level_of(repository, template, resource.value)
        return (kind if kind is not ScopeKind.UNKNOWN else ScopeKind.RESOURCE), at, at_path
    narrower = _NARROWER if path == _AT_ANY else ()
    found = (kind for name, kind in narrower if entry_of(module.arguments, name) is not None)
    return next(found, _SINGLE[path]), "", ""


def _listed(repository: Repository, template: Template, module: Module) -> Iterator[Grant]:
    known = avm_module(module.source)
    kind = level_of_type(known.arm) if known is not None else ScopeKind.RESOURCE
    where = (kind, module.symbol, template.path)
    for found in look_up(repository, template, module.arguments, ("roleAssignments",)).found:
        at = Linked(found.entry.value, found.template, (), found.through)
        for record in records_in(repository, at):
            resource = entry_of(record.expression, "resourceId")
            if resource is not None:
                where = level_of(repository, record.template, resource.value, record.through)
            yield from _Handed(repository, template, module, record, where).grants()


class _Handed:
    """One assignment as a module is handed it."""

    def __init__(
        self, repository: Repository, template: Template, module: Module, handed: Linked, where: Scope
    ) -> None:
        self._repository = repository
        self._template = template
        self._module = module
        self._handed = handed
        self._where = where
        self._reader = ValueReader(repository, Place(handed.template.path, handed.expression.span))

    def grants(self) -> Iterator[Grant]:
        """Each role to each principal."""
        written = next((one for name in _ROLES if (one := self._entry(name)) is not None), None)
        principal = self._entry("principalId")
        if written is None:
            return
        at, through = self._handed.template, self._handed.through
        roles = roles_given(self._repository, at, written.value, through, by_name=True)[:_MOST]
        to: tuple[Holder, ...] = ()
        if principal is not None:
            to = holders(self._repository, at, principal.value, through)[:_MOST]
        scope = self._repository.view(scopes).of(self._template)
        if counts_at_list(scope, self._module, roles):
            return
        for role, holder in paired(roles, to):
            if role is not None:
                yield self._grant(role, written, principal, holder)

    def _entry(self, name: str) -> Entry | None:
        handed = self._handed
        found = look_up(self._repository, handed.template, handed.expression, (name,), handed.through).found
        return found[0].entry if found else None

    def _grant(
        self, role: RoleGiven, written: Entry, principal: Entry | None, holder: Holder | None
    ) -> Grant:
        handed, is_list = self._handed, self._handed.expression is not self._module.arguments
        looked = look_up(
            self._repository, handed.template, handed.expression, ("principalType",), handed.through
        )
        return Grant(
            head=Place(handed.template.path, handed.expression.span)
            if is_list
            else Place(self._template.path, self._module.head),
            place=Place(handed.template.path, written.span),
            role=role.definition,
            role_name=role.name,
            by_name=role.by_name,
            principal=principal.value if principal is not None else None,
            principal_type=self._reader.read(looked),
            to=holder.symbol if holder is not None else "",
            scope=self._where[0],
            at=self._where[1],
            condition=self._entry("condition") is not None,
            to_path=holder.path if holder is not None else "",
            at_path=self._where[2],
        )
