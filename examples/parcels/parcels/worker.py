"""The worker: takes what has arrived in batches, and notes in the configuration how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from azure.appconfiguration import AzureAppConfigurationClient, ConfigurationSetting

from parcels.connections import settings_client


def batches(parcels: Iterable[str], size: int) -> Iterator[list[str]]:
    """Parcels, so many at a time."""
    waiting = iter(parcels)
    while batch := list(islice(waiting, size)):
        yield batch


def work(settings: AzureAppConfigurationClient, parcels: Iterable[str]) -> int:
    """Take all parcels; how many batches that took."""
    size = int(settings.get_configuration_setting("worker:batchSize").value)
    taken = 0
    for batch in batches(parcels, size):
        noted = ConfigurationSetting(key="worker:lastParcel", value=batch[-1])
        settings.set_configuration_setting(noted)
        taken += 1
    return taken


def main() -> None:
    """Work off what stands on standard input, one parcel a line."""
    import sys

    print(f"batches: {work(settings_client(), (line.strip() for line in sys.stdin))}")


if __name__ == "__main__":
    main()
