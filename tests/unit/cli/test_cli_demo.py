"""The demo's own steps: its workspace, its commands as they are shown, the role that it takes away."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keyless.cli import demo
from keyless.cli.failure import Failure


def test_a_command_is_shown_as_it_would_be_typed() -> None:
    assert demo._shown(("run", "--learn", "--", "python", "-c", "print('a b')")) == (
        """run --learn -- python -c 'print('"'"'a b'"'"')'"""
    )


def test_the_sample_is_found_and_copied_without_what_running_it_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = tmp_path / "sample"
    for folder in ("orders", ".keyless", "orders/__pycache__"):
        (sample / folder).mkdir(parents=True)
    (sample / "orders" / "app.py").write_text("")
    monkeypatch.setattr(demo, "_sample", lambda: sample)
    with demo._workspace(tmp_path / "kept") as kept:
        assert sorted(str(path.relative_to(kept)) for path in kept.rglob("*")) == ["orders", "orders/app.py"]
    assert (tmp_path / "kept" / "orders" / "app.py").exists()
    with demo._workspace(None) as folder:
        assert (folder / "orders" / "app.py").exists()
    assert not folder.exists()


def test_a_directory_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    with pytest.raises(Failure, match="is not empty: name another directory"), demo._workspace(tmp_path):
        pass


def test_the_sample_of_this_installation_is_there() -> None:
    assert (demo._sample() / "keyless.yaml").exists()


def test_the_vaults_role_is_taken_away_and_all_else_kept(tmp_path: Path) -> None:
    vault, store = ({"scope": f"/x/providers/{kind}/y"} for kind in ("Microsoft.KeyVault/vaults", "Other/z"))
    plan, smaller = tmp_path / "plan.json", tmp_path / "smaller.json"
    plan.write_text(json.dumps({"schema": "s", "assignments": [vault, store]}))
    demo._take_away(plan, smaller)
    assert json.loads(smaller.read_text()) == {"schema": "s", "assignments": [store]}
    with pytest.raises(Failure, match="the plan has no role for the vault"):
        demo._take_away(smaller, plan)


def test_the_story_stops_where_a_step_does_not_go_as_it_tells(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    story = demo._Story(tmp_path)
    story.keyless("--version")
    story.failing_keyless("plan")
    assert "nothing was recorded in" in capfd.readouterr().out
    with pytest.raises(Failure, match="the demo stops: `keyless plan` ended with 2"):
        story.keyless("plan")
    with pytest.raises(Failure, match="the demo stops: `keyless --version` ended with 0"):
        story.failing_keyless("--version")
