"""`docs/rules/`: a page for each rule, from the rule itself and its fixture, and the index of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from keyless.assess.rules.registry import rules
from keyless.assess.rules.rule import Group, Rule
from reference.markdown import head, table

ROOT = Path(__file__).resolve().parent.parent.parent
_FIXTURES = ROOT / "tests" / "assess" / "fixtures"
_INDEX = """
What `keyless assess` looks for, by the part of the guidance that it belongs to. `--rule` and `--skip` take
the ids and the groups. [Assess a repository](../how-to/assess-a-repository.md) says how to go on.
"""
_TITLES = {
    Group.CREDENTIALS: "Stored credentials",
    Group.IDENTITY: "Identities",
    Group.PRIVILEGE: "Privilege",
    Group.VAULT: "Secrets and configuration",
    Group.LOCAL_AUTH: "Local authentication left on",
    Group.HYBRID: "On-premises credentials",
}
_BEFORE, _AFTER = 2, 1
_MOST_EXAMPLES = 6
_FENCES = {
    ".bicep": "bicep",
    ".cs": "csharp",
    ".go": "go",
    ".java": "java",
    ".js": "javascript",
    ".json": "json",
    ".py": "python",
    ".properties": "properties",
    ".ps1": "powershell",
    ".sh": "shell",
    ".tf": "hcl",
    ".ts": "typescript",
    ".tsx": "tsx",
    ".xml": "xml",
    ".yaml": "yaml",
    ".yml": "yaml",
}


def pages() -> dict[str, str]:
    """Every page by its file's name."""
    return {"README.md": _index(), **{f"{one.id}.md": _page(one) for one in rules().values()}}


def _index() -> str:
    return head("Rules", "src/keyless/assess/rules/", _INDEX) + "".join(_group(one) for one in Group)


def _group(group: Group) -> str:
    rows = [
        (f"[`{one.id}`]({one.id}.md)", one.title, one.severity, one.confidence)
        for one in rules().values()
        if one.group is group
    ]
    return f"\n## {_TITLES[group]}: `{group}`\n\n" + table(("rule", "what", "severity", "confidence"), rows)


def _page(rule: Rule) -> str:
    module = f"src/keyless/assess/rules/{rule.group.replace('-', '_')}/{rule.id.replace('-', '_')}.py"
    facts = f"Group `{rule.group}`, severity {rule.severity}, confidence {rule.confidence}."
    sources = "\n".join(f"- <{one}>" for one in rule.sources)
    return (
        head(rule.title, module, f"`{rule.id}`. {facts}\n\n{rule.why.strip()}")
        + f"\n## What to do\n\n{rule.instead.strip()}\n"
        + "".join(_examples(rule))
        + f"\n## Sources\n\n{sources}\n"
    )


def _examples(rule: Rule) -> Iterator[str]:
    folder = _FIXTURES / rule.id
    shown: dict[str, str] = {}
    for line in (folder / "expected.txt").read_text("utf-8").splitlines():
        place, _, other = line.strip().partition(" ")
        path, _, number = place.rpartition(":")
        if line.startswith("#") or not path or (other and other.strip() != rule.id):
            continue
        shown.setdefault(Path(path).suffix or Path(path).name, _excerpt(folder, path, int(number)))
    if shown:
        yield "\n## What is found\n"
        yield from list(shown.values())[:_MOST_EXAMPLES]


def _excerpt(folder: Path, path: str, number: int) -> str:
    lines = (folder / path).read_text("utf-8").splitlines()
    piece = "\n".join(lines[max(0, number - 1 - _BEFORE) : number + _AFTER])
    fence = "````" if "```" in piece else "```"
    return f"\nIn `{path}`, line {number}:\n\n{fence}{_FENCES.get(Path(path).suffix, '')}\n{piece}\n{fence}\n"
