"""Recall and precision of `keyless assess` on the labelled corpus, by rule and by language.

python -m bench.assess_corpus FOLDER            # FOLDER/<owner>+<name> are the repositories at their commits
python -m bench.assess_corpus FOLDER --held-out # those that nothing was tuned on
python -m bench.assess_corpus FOLDER --show     # and what was missed, wrong, or not read yet
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench.assess_runs import assessed
from bench.corpus.labels import Found, commits, judged, labels, second_reader
from bench.corpus.score import Score, Scored, agreement, score
from keyless.assess.rules.registry import rules
from keyless.assess.rules.rule import Group

SECRET_VALUE = "secret-value"


def main(arguments: list[str] | None = None) -> int:
    """Run, and print the tables."""
    parser = argparse.ArgumentParser(description="Hold findings against labels.")
    parser.add_argument("folder", type=Path, help="where the repositories lie, as OWNER+NAME")
    parser.add_argument("--held-out", action="store_true", help="those that nothing was tuned on")
    parser.add_argument("--show", action="store_true", help="name what was missed, wrong or not read yet")
    chosen = parser.parse_args(arguments)
    asked = commits(chosen.held_out)
    found = [one for name in asked for one in _found_in(chosen.folder, name, asked[name])]
    scored = score(found, labels(chosen.held_out), judged())
    print("\n".join(_table("rule", scored.by_rule)))
    print("\n".join(_by_group(scored.by_rule)))
    print()
    print("\n".join(_table("language", scored.by_language)))
    if not chosen.held_out:
        both, first, second = agreement(labels(), second_reader())
        print(f"\nreaders: {both} labels of both, {first} of the first alone, {second} of the second alone")
    if chosen.show:
        print("\n".join(_shown(scored)))
    return 0


def _found_in(folder: Path, name: str, commit: str) -> list[Found]:
    tree = folder / name.replace("/", "+")
    if not tree.is_dir():
        sys.exit(f"there is no `{tree}`: clone https://github.com/{name} there, at {commit}")
    return assessed(tree, name)


def _table(key: str, counts: Score) -> Iterator[str]:
    head = ("labels", "found", "otherwise", "recall", "right", "wrong", "unread", "precision")
    yield f"{key:34}" + "".join(f"{one:>10}" for one in head)
    for one in sorted({*counts.wanted, *counts.right, *counts.unread, *counts.wrong}):
        yield _row(one, counts, (one,))
    yield _row("all", counts, {*counts.wanted, *counts.right, *counts.unread, *counts.wrong})


def _by_group(counts: Score) -> Iterator[str]:
    """The rules of each group together; written secret values, which are no flows, apart."""
    for group in Group:
        keys = [one.id for one in rules().values() if one.group is group and one.id != SECRET_VALUE]
        yield _row(f"{group} without {SECRET_VALUE}" if SECRET_VALUE in _of(group) else group, counts, keys)


def _of(group: Group) -> list[str]:
    return [one.id for one in rules().values() if one.group is group]


def _row(name: str, counts: Score, keys: Iterable[str]) -> str:
    keys = tuple(keys)
    wanted, met, other, right, wrong, unread = (
        sum(counter[key] for key in keys)
        for counter in (
            counts.wanted,
            counts.met,
            counts.met_otherwise,
            counts.right,
            counts.wrong,
            counts.unread,
        )
    )
    cells = (wanted, met, other, _share(met, wanted), right, wrong, unread, _share(right, right + wrong))
    return f"{name:34}" + "".join(f"{one!s:>10}" for one in cells)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "-"


def _shown(scored: Scored) -> Iterator[str]:
    yield from (
        f"missed  {one.repository} {one.file}:{one.line} {one.rule} ({one.language}) {one.note}"
        for one in scored.missed
    )
    for word, found in (("wrong", scored.wrong), ("unread", scored.unread)):
        yield from (
            f"{word:7} {one.repository} {one.places[0][0]}:{one.places[0][1]} {one.rule} ({one.language})"
            for one in found
        )


if __name__ == "__main__":
    sys.exit(main())
