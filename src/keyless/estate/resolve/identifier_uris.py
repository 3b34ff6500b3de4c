"""Under which audiences applications are resources: each its own, and none that is a service's."""

from __future__ import annotations

from keyless.estate.problems import At
from keyless.estate.reading import Located, Reading


class IdentifierUris:
    """Whose each identifier URI is; they compare without case."""

    def __init__(self) -> None:
        self._owners: dict[str, tuple[str, At]] = {}

    def take(self, uris: tuple[Located[str], ...], owner: str, reading: Reading) -> tuple[str, ...]:
        """The URIs of one application; what is wrong with one is reported."""
        for uri in uris:
            self._check(uri, owner, reading)
        return tuple(uri.value for uri in uris)

    def _check(self, uri: Located[str], owner: str, reading: Reading) -> None:
        from keyless.wire.audiences import is_reserved  # the catalog, which most estates need nothing of

        if is_reserved(uri.value):
            reading.report(
                uri.at,
                f"`{uri.value}` is the audience of an Azure service",
                f"give the application one of its own, such as `api://{owner}`",
            )
        holder, at = self._owners.setdefault(uri.value.casefold(), (owner, uri.at))
        if at != uri.at:
            reading.report(
                uri.at,
                f"`{uri.value}` is an identifier URI of `{holder}` already (line {at.line})",
                "give each application its own",
            )
