"""A setting: a name under which a value is written in one place and read in another.

Rules:
- names compare without case, and without what separates their parts (`_`, `-`, `.`, `:`): `Storage__Key` of
  App Service, `Storage:Key` of .NET, `storage.key` of Spring and `STORAGE_KEY` of the environment are one;
- what App Service makes of a connection string (`SQLAZURECONNSTR_Main`, `CUSTOMCONNSTR_Main`, …) and what
  .NET reads (`ConnectionStrings:Main`) are one as well;
- a secret of a vault is apart from settings, and so is a secret of a pipeline and a build argument.
"""

from __future__ import annotations

import enum

import msgspec

from keyless.assess.syntax.expressions import Expr
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.templates import Template
from keyless.assess.syntax.walk import Within


class Realm(enum.StrEnum):
    """Where a name means something."""

    SETTING = "setting"
    """Environment variables, app settings, configuration keys, properties: they end up in one another."""
    VAULT_SECRET = "vault-secret"
    PIPELINE_SECRET = "pipeline-secret"
    """`secrets.X` of a workflow, a secret variable of a pipeline."""
    CLUSTER_SECRET = "cluster-secret"
    """A key of a Kubernetes secret: `<secret>/<key>`."""


class Setting(msgspec.Struct, frozen=True, order=True):
    """A name: ``key`` as it compares."""

    realm: Realm
    key: str


_SEPARATORS = str.maketrans("", "", "_-.: ")
_CONNECTION_STRINGS = ("sqlazureconnstr", "sqlconnstr", "mysqlconnstr", "postgresqlconnstr", "customconnstr")


def setting_of(name: str) -> Setting:
    """The setting that a name is, of whatever form."""
    key = name.casefold().translate(_SEPARATORS)
    for prefix in _CONNECTION_STRINGS:
        if key.startswith(prefix):
            return Setting(Realm.SETTING, "connectionstrings" + key.removeprefix(prefix))
    return Setting(Realm.SETTING, key)


def vault_secret_of(name: str) -> Setting:
    """The secret of a vault that a name is: names compare without case, and .NET writes `:` as `--`."""
    return Setting(Realm.VAULT_SECRET, name.casefold().translate(_SEPARATORS))


def pipeline_secret_of(name: str) -> Setting:
    """The secret of a pipeline that `secrets.X` names."""
    return Setting(Realm.PIPELINE_SECRET, name.casefold().translate(_SEPARATORS))


def cluster_secret_of(secret: str, key: str) -> Setting:
    """A key of a Kubernetes secret, or of the secrets of a container app, which are one and have no name."""
    return Setting(Realm.CLUSTER_SECRET, f"{secret}/{key}".casefold())


CLUSTER_SECRET = "cluster-secret"
"""`secretKeyRef` and `secretref:` are the ``Index`` of this name, with `<secret>/<key>` as its key."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A place where a setting gets its value.

    ``name`` is the name as it is written, ``value`` what it gets, ``place`` the whole entry. ``by`` says what
    writes it: `app settings of site`, `.env`, `environment of deploy`. ``runs`` is whether a workload that
    runs gets it (and not only a build, a test or a developer's machine).
    """

    setting: Setting
    name: str
    value: Expr
    place: Place
    by: str
    runs: bool = True
    within: Within | None = None
    """Where in a script the value stands, whose variables it may name."""
    template: Template | None = None
    """The template that the value stands in, whose parameters it may name."""
