"""Every role assignment that templates make.

Rules:
- an assignment in a module of the repository is there once for each use that decides on its role or its
  principal, and once where the module decides itself;
- where a loop, or a parameter with several values, gives several roles or principals, each is one; of several
  roles and several principals it is not known who gets which;
- public modules that take role assignments make them as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.body import look_up
from keyless.assess.deployed.deployed import Deployed, Told
from keyless.assess.deployed.grant_scopes import scope_of
from keyless.assess.deployed.grants import Grant
from keyless.assess.deployed.holders import Holder, holders
from keyless.assess.deployed.linked import Linked
from keyless.assess.deployed.module_grants import module_grants
from keyless.assess.deployed.pairs import counts_at_list, paired
from keyless.assess.deployed.properties import Properties
from keyless.assess.deployed.roles_given import RoleGiven, roles_given
from keyless.assess.deployed.scopes import Use, scopes
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import Entry, Expr
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.templates import Dialect, Resource, Template

_ASSIGNMENTS = "roleassignments"
_PROVIDERS = ("microsoft.authorization", "providers")
_MOST_USES = 50
_MOST = 20
Through = tuple[Use, ...]


def grants(repository: Repository) -> tuple[Grant, ...]:
    """The assignments: `repository.view(grants)`."""
    found: list[Grant] = []
    for one in repository.view(deployed):
        if not one.existing and _is_assignment(one.arm_type) and isinstance(one.declared, Resource):
            found += _grants_of(repository, one, one.declared)
    return (*found, *module_grants(repository))


def _is_assignment(arm_type: str) -> bool:
    before, _, last = arm_type.casefold().rpartition("/")
    return last == _ASSIGNMENTS and before.endswith(_PROVIDERS)


def _grants_of(repository: Repository, one: Deployed, resource: Resource) -> Iterator[Grant]:
    found = _Assignment(repository, one.template, resource, ())
    scope = repository.view(scopes).of(one.template)
    uses = scope.used_by if scope is not None else []
    if counts_at_list(scope, resource, found.roles):
        return
    if not found.handed or not 0 < len(uses) <= _MOST_USES:
        yield from found.grants()
        return
    for use in uses:
        yield from _Assignment(repository, one.template, resource, (use,)).grants()


class _Assignment:
    """One assignment, as one use of its module makes it."""

    def __init__(
        self, repository: Repository, template: Template, resource: Resource, through: Through
    ) -> None:
        self._repository = repository
        self._template = template
        self._resource = resource
        self._through = through
        by_name = self._entry("role_definition_name") if template.dialect is Dialect.TERRAFORM else None
        self._role = by_name or self._property("roleDefinitionId", "role_definition_id")
        self._principal = self._property("principalId", "principal_id")
        self.roles = self._roles(by_name is not None)
        self.holders = self._holders()

    @property
    def handed(self) -> bool:
        """Whether who uses the module decides on the role or the principal."""
        from_outside = any(one.at.template.path != self._template.path for one in self.roles)
        return from_outside or any(one.outside for one in self.holders)

    def _entry(self, *path: str) -> Entry | None:
        looked = look_up(self._repository, self._template, self._resource.body, path, self._through)
        return looked.found[0].entry if looked.found else None

    def _property(self, name: str, argument: str) -> Entry | None:
        if self._template.dialect is not Dialect.TERRAFORM:
            return self._entry("properties", name)
        return self._entry(argument) or self._entry("body", "properties", name)

    def _roles(self, by_name: bool) -> tuple[RoleGiven, ...]:
        if self._role is None:
            return ()
        return roles_given(
            self._repository, self._template, self._role.value, self._through, by_name=by_name
        )[:_MOST]

    def _holders(self) -> tuple[Holder, ...]:
        if self._principal is None:
            return ()
        return holders(self._repository, self._template, self._principal.value, self._through)[:_MOST]

    def grants(self) -> Iterator[Grant]:
        """Each role to each principal."""
        for role, holder in paired(self.roles, self.holders):
            yield self._grant(role, holder)

    def _grant(self, role: RoleGiven | None, holder: Holder | None) -> Grant:
        head, place = self._places(role)
        properties = Properties(self._repository, self._template, self._resource, self._through)
        kind, at, at_path = scope_of(self._repository, self._template, self._resource, self._through)
        return Grant(
            head=head,
            place=place,
            role=role.definition if role is not None else None,
            role_name=role.name if role is not None else "",
            by_name=role is not None and role.by_name,
            principal=self._given_principal(),
            principal_type=properties.value("properties.principalType"),
            to=holder.symbol if holder is not None else "",
            scope=kind,
            at=at,
            condition=properties.value("properties.condition").told is not Told.ABSENT,
            to_path=holder.path if holder is not None else "",
            at_path=at_path,
        )

    def _given_principal(self) -> Expr | None:
        return self._principal.value if self._principal is not None else None

    def _places(self, role: RoleGiven | None) -> tuple[Place, Place]:
        """Where the assignment is decided on, and where its role is written."""
        head = Place(self._template.path, self._resource.head)
        place = Place(self._template.path, self._role.span) if self._role is not None else head
        handed = _handed_at(role.at, self._template) if role is not None else None
        if handed is None or not self._through:
            return head, place
        use = self._through[0]
        return Place(use.template.path, use.module.head), handed


def _handed_at(end: Linked, template: Template) -> Place | None:
    """Where a template was handed what an expression in it leads to."""
    return next((one.place for one in end.steps if one.place.path != template.path), None)
