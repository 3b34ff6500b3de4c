from __future__ import annotations

import pytest

from keyless.runtime.limits import PlaneLimits
from keyless.runtime.messages import ChosenLimits
from keyless.wire.errors import Throttled
from keyless.wire.throttle import CountedAt, Pool, Throttle

READS = Pool("reads", 2, 10, 5)


def test_limits_are_azures_until_somebody_chooses_others():
    throttle = Throttle()
    limits, tally = PlaneLimits(throttle), throttle.tally((READS,), CountedAt("orders", "one"))
    assert limits.choose(None) == ()
    for _ in range(2):
        tally.spend(0)
    with pytest.raises(Throttled):
        tally.spend(0)
    assert limits.choose(ChosenLimits(2)) == ()
    for _ in range(2):
        tally.spend(0)
    with pytest.raises(Throttled):
        tally.spend(0)
    assert limits.choose(ChosenLimits(None)) == ()
    tally.spend(0)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (
            ChosenLimits(0.1),
            "the limits of vaults and stores are 0.1 times Azure's, as another command chose",
        ),
        (ChosenLimits(None), "the limits of vaults and stores are off, as another command chose"),
    ],
)
def test_who_takes_limits_that_are_not_azures_is_told(chosen: ChosenLimits, said: str):
    limits = PlaneLimits(Throttle())
    limits.choose(chosen)
    (note,) = limits.choose(None)
    assert note == f"{said}: `--limits on` restores Azure's"
    limits.choose(ChosenLimits(1.0))
    assert limits.choose(None) == ()
