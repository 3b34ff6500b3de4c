"""The web service as its clients see it."""

from __future__ import annotations

import unittest

from parcels.web import create_app


class Web(unittest.TestCase):
    """One service for all tests."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.client = create_app().test_client()

    def test_every_kilogram_that_is_begun_costs(self) -> None:
        price = [self.client.get(f"/quote?grams={grams}").json["price"] for grams in (900, 1000, 1001)]
        self.assertEqual(price[0], price[1])
        self.assertGreater(price[2], price[1])

    def test_a_label_is_signed(self) -> None:
        label = self.client.post("/labels", json={"parcel": "P-1", "grams": 1500})
        self.assertEqual(label.status_code, 201)
        self.assertRegex(label.json["signature"], "^[0-9a-f]{64}$")


if __name__ == "__main__":
    unittest.main()
