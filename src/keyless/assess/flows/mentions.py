"""Where code names the settings and secrets that something in the repository writes.

A name counts where it stands as a whole text (`os.environ["X"]`, `@Value("${x}")`) or as a member of an
object of settings (`process.env.X`): what reads it exactly is for flows to say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from keyless.assess.repository import Repository
from keyless.assess.settings.setting import Setting, setting_of, vault_secret_of
from keyless.assess.settings.written import written
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.expressions import Expr, Literal, Member
from keyless.assess.syntax.span import Place
from keyless.assess.walked import walked

_LONGEST = 100
_SCRIPTS = frozenset({Language.SHELL, Language.POWERSHELL, Language.DOCKERFILE})


def mentions(repository: Repository) -> Mapping[Setting, list[Place]]:
    """The places of code by the settings that they name: `repository.view(mentions)`."""
    wanted = {one.setting for one in repository.view(written)}
    found: dict[Setting, list[Place]] = defaultdict(list)
    seen = repository.view(walked)
    for site in (*seen.texts, *seen.of_environment) if wanted else ():
        name = "" if site.within.unit.language in _SCRIPTS else _name(site.expression)
        for setting in (setting_of(name), vault_secret_of(name)) if name else ():
            if setting in wanted:
                found[setting].append(Place(site.within.unit.path, site.expression.span))
    return found


def _name(one: Expr) -> str:
    if isinstance(one, Literal) and isinstance(one.value, str) and len(one.value) <= _LONGEST:
        return _plain(one.value)
    return one.name if isinstance(one, Member) else ""


def _plain(text: str) -> str:
    """A name, also that in `${name:default}`."""
    if text.startswith("${"):
        text = text[2:].rstrip("}").partition(":")[0]
    return "" if not text or " " in text or "/" in text else text
