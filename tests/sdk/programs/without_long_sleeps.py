"""Runs a program as `python PROGRAM` does, except that no sleep in it lasts longer than a moment.

Two of the published samples sleep for a minute, which the service may need to purge a secret for good.
"""

from __future__ import annotations

import asyncio
import os
import runpy
import sys
import time
from typing import Any

MOMENT_S = 0.05
_sleep, _async_sleep = time.sleep, asyncio.sleep


def sleep(seconds: float) -> None:
    """Sleep, briefly."""
    _sleep(min(seconds, MOMENT_S))


async def async_sleep(delay: float, result: Any = None) -> Any:
    """Sleep, briefly."""
    return await _async_sleep(min(delay, MOMENT_S), result)


if __name__ == "__main__":
    time.sleep, asyncio.sleep = sleep, async_sleep
    sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[1]))
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")
