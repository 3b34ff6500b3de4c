"""What a person decides about a plan: the options of the command, and the policy that they make."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.failure import Failure
from keyless.runtime.project import Project

if TYPE_CHECKING:
    from keyless.plan.policy.evidence import EvidenceRules
    from keyless.plan.policy.policy import PlanPolicy
    from keyless.runtime.policy_file import ReadPolicy

_OPTIONS = (
    click.option(
        "--object-scope", is_flag=True, help="Assign at single secrets where possible, instead of the vault."
    ),
    click.option(
        "--general-roles",
        is_flag=True,
        help="Choose among roles for general use alone: none that its name marks as preview, deprecated or "
        "some service's own. The excess may be larger.",
    ),
    click.option("--include-denied", is_flag=True, help="Count calls that were denied as needed, too."),
    click.option(
        "--whole-policies",
        is_flag=True,
        help="In vaults with access policies, give the roles for all that a policy gives, used or not.",
    ),
    click.option(
        "--keep-identities",
        is_flag=True,
        help="Leave every compute resource with the identities that it has.",
    ),
    click.option(
        "--window",
        "window_days",
        metavar="DAYS",
        type=click.IntRange(min=1),
        help="Drop what was last used longer ago than so many days before the last thing that was seen.",
    ),
    click.option(
        "--keep",
        metavar="ACTION",
        multiple=True,
        help="Keep uses of this action whatever the window says; `*` stands for any run of characters.",
    ),
    click.option(
        "--policy",
        "policy_file",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help="What you decide about plans (default: `keyless.policy.yaml` beside `keyless.yaml`, if any).",
    ),
)


@dataclass(frozen=True, slots=True)
class PolicyOptions:
    """The options of the command line that are about the policy, each by its own name."""

    object_scope: bool
    general_roles: bool
    include_denied: bool
    whole_policies: bool
    policy_file: Path | None = None
    window_days: int | None = None
    keep: tuple[str, ...] = ()
    keep_identities: bool = False


def policy_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command these options, as one argument ``decided``."""

    @functools.wraps(command)
    def decided(
        object_scope: bool,
        general_roles: bool,
        include_denied: bool,
        whole_policies: bool,
        policy_file: Path | None,
        window_days: int | None,
        keep: tuple[str, ...],
        keep_identities: bool,
        **others: object,
    ) -> None:
        own = PolicyOptions(
            object_scope,
            general_roles,
            include_denied,
            whole_policies,
            policy_file,
            window_days,
            keep,
            keep_identities,
        )
        command(decided=own, **others)

    for option in reversed(_OPTIONS):
        option(decided)
    return decided


def chosen_policy(project: Project, decided: PolicyOptions) -> ReadPolicy:
    """The policy of the file that the options name, of the project's own file, or the default one.

    Flags go before the file; a flag that is not given changes nothing.

    Raises:
        Failure: the file has problems; every one of them is listed.
    """
    from dataclasses import replace

    from keyless.estate.problems import InvalidEstate
    from keyless.runtime.policy_file import ReadPolicy, read_policy

    file = decided.policy_file or project.policy_file
    if decided.policy_file is None and not file.exists() and not file.is_symlink():
        read = ReadPolicy()
    else:
        try:
            read = read_policy(file)
        except InvalidEstate as error:
            raise Failure(str(error), 2) from error
    return replace(read, policy=_with_flags(read.policy, decided))


def _with_flags(policy: PlanPolicy, decided: PolicyOptions) -> PlanPolicy:
    from msgspec.structs import replace

    from keyless.plan.policy.scopes import ScopeLevel, ScopeRules

    if decided.object_scope:
        policy = replace(policy, scopes=ScopeRules(ScopeLevel.OBJECT))
    if decided.general_roles:
        policy = replace(policy, roles=replace(policy.roles, general_only=True))
    if decided.include_denied:
        policy = replace(policy, evidence=replace(policy.evidence, include_denied=True))
    if decided.whole_policies:
        policy = replace(policy, vaults=replace(policy.vaults, whole_policies=True))
    if decided.keep_identities:
        policy = replace(policy, identities=replace(policy.identities, keep=True))
    return replace(policy, evidence=_in_time(policy.evidence, decided))


def _in_time(rules: EvidenceRules, decided: PolicyOptions) -> EvidenceRules:
    """The rules on time; what the command line keeps comes on top of what the file does."""
    from msgspec.structs import replace

    from keyless.plan.policy.evidence import KeepRule

    if decided.window_days is not None:
        rules = replace(rules, window_days=decided.window_days)
    return replace(rules, keep=(*rules.keep, *(KeepRule(action=one) for one in decided.keep)))


@contextmanager
def policy_kept(read: ReadPolicy) -> Iterator[None]:
    """Turn what a plan finds wrong with its policy into a failure that names the file and the line.

    Raises:
        Failure: the policy cannot be followed.
    """
    from keyless.plan.policy.problems import CannotFollow

    try:
        yield
    except CannotFollow as error:
        raise Failure(str(read.problem(error.path, error.message, error.hint)), 2) from error
