"""The worker, on parcels that have arrived."""

from __future__ import annotations

import unittest

from parcels.connections import settings_client
from parcels.worker import work


class Worker(unittest.TestCase):
    """What it takes, and what it notes."""

    def test_it_works_in_batches_and_notes_the_last_parcel(self) -> None:
        settings = settings_client()
        self.assertEqual(work(settings, ["P-1", "P-2", "P-3"]), 2)
        self.assertEqual(settings.get_configuration_setting("worker:lastParcel").value, "P-3")


if __name__ == "__main__":
    unittest.main()
