"""Infrastructure as code: Bicep, ARM templates and Terraform in one form.

Rules:
- expressions of all three are those of ``expressions``: `storage.listKeys().keys[0].value` is members, an
  index and a call; ARM's `[listKeys(...)]` is parsed to the same; Terraform's `var.x`, `local.x`,
  `module.m.out`, `data.type.name.attribute` and `type.name.attribute` are members of names;
- a resource's ``type`` is the provider's own: `Microsoft.Storage/storageAccounts` (without api-version) or
  `azurerm_storage_account`; azapi's are `azapi_resource`, with what they are in ``arm_type``;
- in Terraform the symbol of a resource is its address (`azurerm_key_vault.main`, `data.http.x`); `provider`
  and `backend` blocks are resources that exist, of these types; in ARM it is the symbolic name, or else type
  and name (`Microsoft.KeyVault/vaults/parameters('name')`);
- a template that stands within an ARM template is part of it: its parameters, variables and outputs are
  variables of the whole, under the names `<deployment>/parameters/x`, `<deployment>/variables/x` and
  `<deployment>/outputs/x`;
- nested blocks of Terraform are entries of the body whose value is a ``Record``, or ``Items`` of them where a
  block is repeated; `dynamic` blocks are ``Loop`` of a ``Record``;
- a child resource within a resource has the parent's symbol in ``parent``.
"""

from __future__ import annotations

import enum

import msgspec

from keyless.assess.syntax.expressions import Expr, Record
from keyless.assess.syntax.span import Span


class Dialect(enum.StrEnum):
    """Languages of templates."""

    BICEP = "bicep"
    ARM = "arm"
    TERRAFORM = "terraform"


class TemplateParameter(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A parameter, or variable of Terraform; ``secure`` for `@secure()`, `securestring`, `sensitive`."""

    span: Span
    name: str
    type: str = ""
    secure: bool = False
    default: Expr | None = None


class TemplateVariable(msgspec.Struct, frozen=True, gc=False):
    """A variable (Bicep, ARM) or local (Terraform)."""

    span: Span
    name: str
    value: Expr


class Resource(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A resource; ``head`` is where its declaration begins, for findings on the whole of it.

    ``existing`` for Bicep's `existing` and Terraform's `data`; ``name`` is the name as an expression;
    ``scope`` where it is deployed or assigned; ``repeated`` what a loop, `count` or `for_each` goes through,
    and ``items`` the names that the loop gives what it takes, and its number.
    """

    span: Span
    head: Span
    symbol: str
    type: str
    body: Record
    name: Expr | None = None
    api_version: str = ""
    arm_type: str = ""
    existing: bool = False
    parent: str | None = None
    scope: Expr | None = None
    condition: Expr | None = None
    repeated: Expr | None = None
    items: tuple[str, ...] = ()


class Module(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A module, and what is handed to it; ``source`` is as written (`./a.bicep`, `br/public:avm/…:0.9.0`)."""

    span: Span
    head: Span
    symbol: str
    source: str
    arguments: Record
    scope: Expr | None = None
    condition: Expr | None = None
    repeated: Expr | None = None
    items: tuple[str, ...] = ()


class Output(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An output; ``secure`` for `@secure()`, `securestring`, `sensitive`."""

    span: Span
    name: str
    value: Expr
    type: str = ""
    secure: bool = False


class Template(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One file. Files of Terraform in one folder are one module together: the linking sees to that.

    ``given`` are the values in a file of parameters (`.bicepparam`, `*.parameters.json`, `*.tfvars`), which
    has nothing else.
    """

    path: str
    dialect: Dialect
    parameters: tuple[TemplateParameter, ...] = ()
    variables: tuple[TemplateVariable, ...] = ()
    resources: tuple[Resource, ...] = ()
    modules: tuple[Module, ...] = ()
    outputs: tuple[Output, ...] = ()
    given: Record | None = None
    given_for: str = ""
    """The path of the template that ``given`` is for, where the file says it."""
    target_scope: str = ""
    """`subscription`, `managementGroup`, `tenant`; empty for a resource group, or where nothing says."""
