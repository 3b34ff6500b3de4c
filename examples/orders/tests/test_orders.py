"""The service as its clients see it: started for real, spoken to over HTTP."""

from __future__ import annotations

import json
import logging
import threading
import unittest
import urllib.request

from orders.app import create_app
from werkzeug.serving import make_server

logging.getLogger("werkzeug").setLevel(logging.WARNING)


class OrdersService(unittest.TestCase):
    """One running service for all tests."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = make_server("127.0.0.1", 0, create_app(), threaded=True)
        cls.thread = threading.Thread(target=cls.server.serve_forever, daemon=True)
        cls.thread.start()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.server.shutdown()
        cls.server.server_close()
        cls.thread.join()

    def call(self, path: str, body: dict[str, object] | None = None) -> object:
        data = json.dumps(body).encode() if body else None
        url = f"http://127.0.0.1:{self.server.server_port}{path}"
        asked = urllib.request.Request(url, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return json.load(answer)

    def test_it_is_healthy_and_knows_its_currency(self) -> None:
        self.assertEqual(self.call("/health"), {"status": "ok", "currency": "EUR"})

    def test_ten_of_an_item_are_discounted_and_signed(self) -> None:
        order = self.call("/orders", {"item": "lamp", "quantity": 10, "unitPrice": 2500})
        self.assertEqual(order["total"], 22500)
        self.assertRegex(order["confirmation"], "^[0-9a-f]{64}$")

    def test_orders_are_listed_by_page(self) -> None:
        self.call("/orders", {"item": "desk", "quantity": 1, "unitPrice": 19900})
        self.assertTrue(any(order["item"] == "desk" for order in self.call("/orders?page=1")))


if __name__ == "__main__":
    unittest.main()
