"""Where code names the settings and secrets that something in the repository writes.

A name counts where it stands as a whole text (`os.environ["X"]`, `@Value("${x}")`) or as a member of an
object of settings (`process.env.X`): what reads it exactly is for flows to say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from keyless.assess.repository import Repository
from keyless.assess.settings.setting import Setting, setting_of, vault_secret_of
from keyless.assess.settings.written import written
from keyless.assess.syntax.code import Language, Unit
from keyless.assess.syntax.expressions import Literal, Member
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.walk import sites

_LONGEST = 100
_SCRIPTS = frozenset({Language.SHELL, Language.POWERSHELL, Language.DOCKERFILE})


def mentions(repository: Repository) -> Mapping[Setting, list[Place]]:
    """The places of code by the settings that they name: `repository.view(mentions)`."""
    wanted = {one.setting for one in repository.view(written)}
    found: dict[Setting, list[Place]] = defaultdict(list)
    for unit in repository.units if wanted else ():
        if unit.language not in _SCRIPTS:
            for setting, place in _in(unit):
                if setting in wanted:
                    found[setting].append(place)
    return found


def _in(unit: Unit) -> Iterator[tuple[Setting, Place]]:
    for site in sites(unit):
        one = site.expression
        name = ""
        if isinstance(one, Literal) and isinstance(one.value, str) and len(one.value) <= _LONGEST:
            name = _plain(one.value)
        elif isinstance(one, Member) and getattr(one.base, "name", "") in {"env", "environ"}:
            name = one.name
        if name:
            place = Place(unit.path, one.span)
            yield setting_of(name), place
            yield vault_secret_of(name), place


def _plain(text: str) -> str:
    """A name, also that in `${name:default}`."""
    if text.startswith("${"):
        text = text[2:].rstrip("}").partition(":")[0]
    return "" if not text or " " in text or "/" in text else text
