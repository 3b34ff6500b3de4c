"""One look at an expression of a script: what its commands read, and the steps further back.

Rules:
- `az … keys list` and its kin, and the cmdlets like them, read keys of resources; `az keyvault secret show`
  and `Get-AzKeyVaultSecret` a secret of a vault;
- `terraform output x` and the outputs that `--query` takes of a deployment lead on to the templates' outputs
  of that name;
- a variable that the script does not set is one of the environment: a setting; `$1` and what `param(…)`
  declares are parameters, secret where they are a `SecureString`;
- what goes through a pipe, `echo`, or a conversion is what went into it.
"""

from __future__ import annotations

import re

from keyless.assess.az_commands import AzCommand, command_of
from keyless.assess.flows.back_members import back_from_index, back_from_member
from keyless.assess.flows.back_names import back_from_name
from keyless.assess.flows.ends import ended
from keyless.assess.flows.flow import Origin
from keyless.assess.flows.joining import joined
from keyless.assess.flows.looking_at_documents import reference
from keyless.assess.flows.near import nearest
from keyless.assess.flows.spot import Hop, Spot
from keyless.assess.flows.tracer import NOTHING, Seen, Tracer
from keyless.assess.flows.vault_references import look_at_text, vault_reference
from keyless.assess.settings.setting import setting_of, vault_secret_of
from keyless.assess.syntax.expressions import (
    Assign,
    Choice,
    Command,
    Expr,
    Index,
    Joined,
    Literal,
    Member,
    Name,
    Other,
    text_of,
)
from keyless.catalog.resource_keys import resource_keys, service_of_command

_SUBJECT = ("account-name", "name", "n", "namespace-name", "hub-name", "storageaccountname")
_DRAWN = frozenset({"uuidgen", "openssl", "new-guid", "pwgen", "get-random"})
_THROUGH = frozenset({"convertto-securestring", "echo", "printf", "write-output", "convertfrom-securestring"})
_OUTPUT = re.compile(r"outputs\.(\w{1,100})")


def look_at_script(tracer: Tracer, expression: Expr, spot: Spot) -> Seen:  # noqa: PLR0911 - one arm a form
    """What an expression of a script shows."""
    match expression:
        case Literal():
            return look_at_text(expression, spot)
        case Joined():
            return vault_reference(expression, spot) or joined(expression, spot)
        case Command():
            return _command(tracer, expression, spot)
        case Name():
            return _variable(tracer, expression, spot)
        case Member() | Index():
            return _member(tracer, expression, spot)
        case Choice(alternatives=alternatives):
            return Seen((), tuple(Hop(one, spot) for one in alternatives))
        case Other(kind="pipeline", parts=(first, *_)):
            return Seen((), (Hop(first, spot),))
        case Other(parts=(only,)):
            return Seen((), (Hop(only, spot),))
        case _:
            return NOTHING


def _member(tracer: Tracer, expression: Member | Index, spot: Spot) -> Seen:
    if around := reference(expression, spot):
        return around
    hops = (
        back_from_member(tracer, expression, spot)
        if isinstance(expression, Member)
        else back_from_index(tracer, expression, spot)
    )
    return Seen((), tuple(hops or [Hop(expression.base, spot)]))


def _environment(name: str, at: Expr, spot: Spot) -> Seen:
    return Seen((), (Hop(setting_of(name), spot, f"read from setting `{name}`", spot.place(at.span)),))


def _variable(tracer: Tracer, name: Name, spot: Spot) -> Seen:
    if hops := back_from_name(tracer, name, spot):
        return Seen((), tuple(hops))
    declared = _declared(tracer, name, spot)
    if name.id.isdigit() or declared is not None:
        secret = "secure" in ((declared.type if declared else "") or "").casefold()
        what = f"parameter `{name.id}` of the script"
        return Seen((ended(Origin.PARAMETER, spot, name, what, name=name.id, secret=secret),))
    return _environment(name.id, name, spot)


def _declared(tracer: Tracer, name: Name, spot: Spot) -> Assign | None:
    """What `param(…)` declares, at the top or in the function around."""
    within = spot.within
    if within is None:
        return None
    writes = [one for body in within.functions for one in tracer.code.writes(body).of(name.id)]
    writes += tracer.code.writes(within.unit).of(name.id)
    return next(
        (one.statement for one in writes if isinstance(one.statement, Assign) and one.value is None), None
    )


def _command(tracer: Tracer, command: Command, spot: Spot) -> Seen:
    within = spot.within
    asked = None if within is None else command_of(command, within)
    words = [text_of(one) or "" for one in command.words]
    first = words[0].rpartition("/")[2].casefold() if words else ""
    if first == "terraform" and "output" in words:
        return _outputs(tracer, words[-1], spot.path)
    if first in _DRAWN:
        return Seen((ended(Origin.GENERATED, spot, command, f"drawn by `{first}`", name=first),))
    if first in _THROUGH:
        given = [one for one in command.words[1:] if not (text_of(one) or "").startswith("-")]
        return Seen((), tuple(Hop(one, spot) for one in given[:1]))
    return NOTHING if asked is None else _asked(tracer, asked, command, spot)


def _asked(tracer: Tracer, asked: AzCommand, command: Command, spot: Spot) -> Seen:
    service = _reads_keys(asked, command)
    name = text_of(asked.one("name", "n")) or ""
    if service is not None:
        subject = next((text for key in _SUBJECT if (text := text_of(asked.one(key)))), "")
        shown = f"`{asked.tool} {asked.path}`" if asked.tool else f"`{text_of(command.words[0])}`"
        flow = ended(
            Origin.KEY_OF_RESOURCE,
            spot,
            command,
            f"read with {shown}",
            service=service,
            subject=subject,
            secret=True,
        )
        return Seen((flow,))
    if asked.path in {"keyvault secret show", "get-azkeyvaultsecret"} and name:
        what = f"read from vault secret `{name}`"
        return Seen((), (Hop(vault_secret_of(name), spot, what, spot.place(command.span)),))
    if asked.tool == "azd" and asked.path.startswith("env get-value"):
        key = text_of(asked.values[0]) if asked.values else asked.path.rpartition(" ")[2]
        return _environment(key or "", command, spot)
    wanted = _OUTPUT.search(text_of(asked.one("query")) or "")
    return _outputs(tracer, wanted.group(1), spot.path) if wanted else NOTHING


def _reads_keys(asked: AzCommand, command: Command) -> str | None:
    if asked.tool == "az":
        return service_of_command(tuple(asked.path.split()))
    cmdlet = (text_of(command.words[0]) or "").casefold()
    known = {name.casefold(): service for name, service in resource_keys().cmdlets.items()}
    return known.get(cmdlet) if not asked.tool else None


def _outputs(tracer: Tracer, name: str, path: str) -> Seen:
    """The outputs of a name of the nearest templates."""
    hops = [
        Hop(
            output.value,
            Spot(template.path, None, template),
            f"output `{output.name}`",
            at.place(output.span),
        )
        for template in tracer.repository.templates
        for at in (Spot(template.path),)
        for output in template.outputs
        if output.name.casefold() == name.casefold()
    ]
    return Seen((), tuple(nearest(path, hops, lambda one: one.spot.path)[:8]))
