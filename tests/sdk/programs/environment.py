"""Prints its environment as a line of JSON, and stays until its input ends."""

from __future__ import annotations

import json
import os
import sys

if __name__ == "__main__":
    print(json.dumps(dict(os.environ)), flush=True)
    sys.stdin.read()
