"""The web service."""

from __future__ import annotations

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from orders.ledger import Ledger
from orders.settings import Settings, load_settings


def create_app(settings: Settings | None = None) -> Flask:
    """Make the service; without settings it loads its own, once."""
    settings = settings or load_settings()
    app = Flask("orders")
    ledger = Ledger(settings)

    @app.get("/health")
    def health() -> ResponseReturnValue:
        return jsonify(status="ok", currency=settings.currency)

    @app.get("/orders")
    def list_orders() -> ResponseReturnValue:
        return jsonify(ledger.page(request.args.get("page", 1, type=int)))

    @app.post("/orders")
    def place_order() -> ResponseReturnValue:
        wanted = request.get_json()
        order = ledger.place(wanted["item"], int(wanted["quantity"]), int(wanted["unitPrice"]))
        return jsonify(order), 201

    return app


if __name__ == "__main__":
    create_app().run(port=8080)
