"""The limits of a plane's vaults and stores: Azure's own, unless whoever runs something there says otherwise.

Rules:
- they hold for every workload of the plane, as a vault's limits hold for all of its callers;
- whoever chooses some changes them for the others too, and whoever chooses none takes them as they are: with
  limits that are not Azure's, that is said.
"""

from __future__ import annotations

from keyless.runtime.messages import ChosenLimits
from keyless.wire.throttle import Throttle

AZURES = ChosenLimits(1.0)


class PlaneLimits:
    """The limits that hold now."""

    def __init__(self, throttle: Throttle) -> None:
        self._throttle = throttle
        self._chosen = AZURES

    def choose(self, chosen: ChosenLimits | None) -> tuple[str, ...]:
        """Let other limits hold from now on, or none where they stay; what to say to whoever joins."""
        if chosen is not None:
            self._chosen = chosen
            self._throttle.rescale(chosen.scale)
        elif self._chosen != AZURES:
            return (f"{_in_words(self._chosen)}, as another command chose: `--limits on` restores Azure's",)
        return ()


def _in_words(limits: ChosenLimits) -> str:
    if limits.scale is None:
        return "the limits of vaults and stores are off"
    return f"the limits of vaults and stores are {limits.scale:g} times Azure's"
