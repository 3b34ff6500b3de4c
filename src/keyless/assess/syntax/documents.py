"""Files of settings and definitions: JSON, YAML, properties, XML, `.env`, as nested records.

Rules:
- keys and scalars are ``Literal`` with their own spans; a value that holds expressions of its surroundings
  (`${{ secrets.X }}`, `${VAR}`, `$(var)`, `{{ .Values.x }}`) is ``Joined``, or the expression alone where it
  is all of it;
- properties and `.env` are one flat record; XML's elements are records whose attributes have keys with `@`,
  and text the key `#text`;
- several documents of one YAML file are several ``roots``.
"""

from __future__ import annotations

import enum

import msgspec

from keyless.assess.syntax.expressions import Expr


class DocumentKind(enum.StrEnum):
    """What a document is for."""

    APP_SETTINGS = "appsettings"
    """`appsettings*.json`, `local.settings.json`."""
    SPRING = "spring"
    """`application*.yml`, `application*.properties`, `bootstrap*`."""
    DOTENV = "dotenv"
    WEB_CONFIG = "web-config"
    """`web.config`, `app.config`."""
    GITHUB_WORKFLOW = "github-workflow"
    AZURE_PIPELINE = "azure-pipeline"
    KUBERNETES = "kubernetes"
    HELM_VALUES = "helm-values"
    COMPOSE = "compose"
    PUBLISH_PROFILE = "publish-profile"
    OTHER = "other"
    """Any other JSON, YAML, TOML, XML or properties file."""


class Document(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A file as nested records."""

    path: str
    kind: DocumentKind
    roots: tuple[Expr, ...] = ()
