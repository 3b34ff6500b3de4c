"""The smaller values: texts that hide, ids that are derived, lines of evidence."""

from __future__ import annotations

from keyless.model.actions import ActionPlane
from keyless.model.estate import derived_guid
from keyless.model.evidence import Observation, Outcome
from keyless.model.secret_text import SecretText


def test_a_secret_text_never_shows_itself() -> None:
    secret = SecretText("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {[secret]} {secret!s:>20}"
    assert secret.reveal() == "hunter2"


def test_secret_texts_are_equal_by_value_and_to_nothing_else() -> None:
    assert SecretText("a") == SecretText("a")
    assert SecretText("a") != SecretText("b")
    assert SecretText("a") != "a"
    assert len({SecretText("a"), SecretText("a"), SecretText("b")}) == 2


def test_a_derived_guid_is_the_same_every_time_and_without_case() -> None:
    assert derived_guid("tenant", "Contoso") == derived_guid("tenant", "contoso")
    assert derived_guid("tenant", "a") != derived_guid("client", "a")


def test_names_do_not_run_together_in_a_derived_guid() -> None:
    assert derived_guid("ab", "c") != derived_guid("a", "bc")


def test_a_line_of_evidence_knows_its_scope() -> None:
    line = Observation("p", "op", ActionPlane.DATA, "a", "/subscriptions/s", Outcome.ALLOWED, "", 1, 2, 3)
    assert line.scope_id.subscription_id == "s"
