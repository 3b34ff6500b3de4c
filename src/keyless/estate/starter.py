"""The first estate file of a project: commented, valid as it stands, with what the app has already asked for.

What an app asked for is data from outside: names are quoted where YAML wants it, and those that Azure would
not allow are only mentioned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from keyless.estate import naming
from keyless.estate.declared.texts import VERSION
from keyless.estate.export.variables import VariableNames
from keyless.estate.shapes.scalars import TextRule
from keyless.estate.yaml_text import scalar
from keyless.model.derived_ids import DEFAULT_LOCATION, DEFAULT_NAME, slug_of


class Wanted(msgspec.Struct, frozen=True):
    """What an app has asked for so far.

    ``vaults`` are vault names with the names of their secrets; ``stores`` are the names of configuration
    stores with keys and labels (none for no label).
    """

    vaults: Mapping[str, tuple[str, ...]] = {}
    stores: Mapping[str, tuple[tuple[str, str | None], ...]] = {}


NOTHING = Wanted()

_HEAD = """\
# The estate of {project}: the resources, identities, roles, secrets and settings of its world.
# Take the # away from a line to use it. `keyless estate show` draws what this file says.
version: {version}

# Any names will do: the ids are derived from them. To use real ones, write {{name: contoso, id: ...}}.
tenant: {name}
subscription: {name}

resourceGroups:
  {slug}-rg:
    location: {location}

    # What runs the app, as its type in Azure: Microsoft.Web/sites, Microsoft.App/containerApps,
    # Microsoft.Compute/virtualMachines, ... It hosts the managed identity that the app uses.
    compute:
      {app}:
        type: Microsoft.Web/sites
        identity:
          systemAssigned: true
          # userAssigned: [{slug}-shared]

    # Identities that several compute resources can share.
    # identities:
    #   {slug}-shared:

    # Key vaults. A secret's value comes from an environment variable, a file, or the text itself.
"""
_VAULT_EXAMPLE = """\
    # vaults:
    #   contoso-{short}:                         # reached as https://contoso-{short}.vault.azure.net
    #     secrets:
    #       db-password: {{env: DB_PASSWORD}}
    #       signing-key: {{file: secrets/signing-key.pem}}
"""
_STORE_HEAD = """
    # App Configuration stores. Values are text: put numbers and true in quotes.
"""
_STORE_EXAMPLE = """\
    # configurationStores:
    #   contoso-{short}:                         # reached as https://contoso-{short}.azconfig.io
    #     settings:
    #       - {{key: "app:pageSize", value: "20"}}
    #       - {{key: "app:db", keyVaultReference: {{vault: contoso-{short}, secret: db-password}}}}
"""
_TAIL = """
# Who may do what, where. `keyless run --learn` and `keyless plan` find out the least that is needed.
# roleAssignments:
#   - {{principal: {app}, role: Key Vault Secrets User, scope: {{vault: {vault}}}}}
"""


def starter_text(project_name: str, wants: Wanted = NOTHING, *, schema: str | None = None) -> str:
    """A starter for a project. ``schema`` is where an editor finds the JSON schema (a path or a URL)."""
    slug = slug_of(project_name)
    short = slug[:16].rstrip("-")
    vault = next(filter(naming.VAULT.allows, wants.vaults), f"contoso-{short}")
    words = {
        "project": scalar(project_name),
        "version": VERSION,
        "name": DEFAULT_NAME,
        "location": DEFAULT_LOCATION,
        "slug": slug,
        "app": scalar(slug),
        "short": short,
        "vault": scalar(vault),
    }
    modeline = f"# yaml-language-server: $schema={schema}\n" if schema else ""
    vaults = "".join(_vault_lines(wants)) if wants.vaults else _VAULT_EXAMPLE.format(**words)
    stores = "".join(_store_lines(wants)) if wants.stores else _STORE_EXAMPLE.format(**words)
    return modeline + _HEAD.format(**words) + vaults + _STORE_HEAD + stores + _TAIL.format(**words)


def _vault_lines(wants: Wanted) -> Iterator[str]:
    yield "    vaults:\n"
    variables = VariableNames()
    for vault, secrets in wants.vaults.items():
        if not naming.VAULT.allows(vault):
            yield _not_allowed(vault, naming.VAULT)
            continue
        yield f"      {scalar(vault)}:\n"
        yield "        secrets:\n" if secrets else "        # The app has not asked for a secret yet.\n"
        for secret in secrets:
            yield f"          # {scalar(secret)}: {{env: {variables.take(vault, secret)}}}\n"


def _store_lines(wants: Wanted) -> Iterator[str]:
    yield "    configurationStores:\n"
    for store, keys in wants.stores.items():
        if not naming.STORE.allows(store):
            yield _not_allowed(store, naming.STORE)
            continue
        yield f"      {scalar(store)}:\n"
        yield "        settings:\n" if keys else "        # The app has not asked for a key yet.\n"
        for key, label in keys:
            labelled = "" if label is None else f", label: {_quoted(label)}"
            yield f'          # - {{key: {_quoted(key)}{labelled}, value: "fill this in"}}\n'


def _quoted(text: str) -> str:
    """Text between double quotes, as settings are usually written."""
    plain = scalar(text)
    return plain if plain.startswith('"') else f'"{plain}"'


def _not_allowed(name: str, rule: TextRule) -> str:
    said = f"      # The app asked for {scalar(name)}, which cannot be {rule.noun}: use\n"
    return f"{said}      # {rule.wants}.\n"
