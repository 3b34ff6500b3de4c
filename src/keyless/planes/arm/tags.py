"""What tags may be: how many, how long, with which characters.

Source: https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations
"""

from __future__ import annotations

from collections.abc import Mapping

from keyless.planes.arm.errors import InvalidContent

MOST_TAGS = 50
LONGEST_NAME = 512
LONGEST_VALUE = 256
_FORBIDDEN = frozenset("<>%&\\?/")


def check_tags(tags: Mapping[str, str]) -> None:
    """Refuse tags that a resource can't have.

    Raises:
        InvalidContent: there are too many, or one is too long or has a forbidden character.
    """
    if len(tags) > MOST_TAGS:
        raise InvalidContent(
            f"there are {len(tags)} tags: a resource can have {MOST_TAGS}", code="InvalidTagsCount"
        )
    for name, value in tags.items():
        _check_tag(name, value)


def _check_tag(name: str, value: str) -> None:
    shown = name[:64]
    if not name.strip() or len(name) > LONGEST_NAME:
        raise InvalidContent(
            f"the tag name `{shown}` must have 1 to {LONGEST_NAME} characters", code="InvalidTagName"
        )
    if _FORBIDDEN & set(name) or any(ord(one) < 32 for one in name):
        raise InvalidContent(
            f"the tag name `{shown}` has a character that it can't have: leave out `<>%&\\?/`",
            code="InvalidTagNameCharacters",
        )
    if len(value) > LONGEST_VALUE:
        raise InvalidContent(
            f"the value of the tag `{shown}` has more than {LONGEST_VALUE} characters",
            code="InvalidTagValueLength",
        )


def cased_once(tags: Mapping[str, str]) -> dict[str, str]:
    """Tags as they are kept: of names that differ in case alone the last value counts, the first spelling."""
    spelled: dict[str, str] = {}
    kept: dict[str, str] = {}
    for name, value in tags.items():
        kept[spelled.setdefault(name.casefold(), name)] = value
    return kept
