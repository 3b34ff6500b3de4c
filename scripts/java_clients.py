"""Compile the program on the official Java client that some tests run, where a JDK and Maven are installed.

Maven looks at what it has on this machine first, and fetches only what is missing.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from client_builds import BUILT, SDK, provide, run

FOLDER = SDK / "java"
SOURCE = FOLDER / "src" / "main" / "java" / "Identities.java"
LIBRARIES = FOLDER / BUILT / "libraries"
CLASSES = FOLDER / BUILT / "classes"
CLASS_PATH = os.pathsep.join([str(CLASSES), str(LIBRARIES / "*")])


def main() -> int:
    """Compile, unless it is done already or cannot be."""
    return provide("Java", FOLDER / BUILT, [FOLDER / "pom.xml", SOURCE], _compile)


def _compile(folder: Path) -> str | None:
    """What stands in the way, if anything does."""
    missing = [program for program in ("java", "javac", "mvn") if shutil.which(program) is None]
    if missing:
        return f"a JDK and Maven are needed, and {', '.join(missing)} not here"
    print("compiling the program on the Java client for the tests ...", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    fetch = ["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={LIBRARIES}"]
    if not run([*fetch, "-o", "-l", os.devnull], FOLDER) and not run(fetch, FOLDER):
        return "Maven could not fetch the Java client"
    compile_it = ["javac", "--release", "17", "-cp", str(LIBRARIES / "*"), "-d", str(CLASSES), str(SOURCE)]
    return None if run(compile_it, FOLDER) else "the program on the Java client could not be compiled"


if __name__ == "__main__":
    sys.exit(main())
