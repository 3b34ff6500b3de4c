"""The web service: quotes and labels. Rates and the signing key are loaded once, at the start."""

from __future__ import annotations

from dataclasses import asdict

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from parcels.connections import settings_client, vault_client
from parcels.labels import sign
from parcels.rates import load_rates


def create_app() -> Flask:
    """Make the service."""
    app = Flask("parcels")
    rates = load_rates(settings_client())
    signing_key = (vault_client().get_secret("label-signing-key").value or "").encode()

    @app.get("/quote")
    def quote() -> ResponseReturnValue:
        grams = request.args.get("grams", 1000, type=int)
        return jsonify(price=rates.price(grams), currency=rates.currency)

    @app.post("/labels")
    def label() -> ResponseReturnValue:
        wanted = request.get_json()
        grams = int(wanted["grams"])
        return jsonify(asdict(sign(signing_key, wanted["parcel"], grams, rates.price(grams)))), 201

    return app


if __name__ == "__main__":
    create_app().run(port=8080)
