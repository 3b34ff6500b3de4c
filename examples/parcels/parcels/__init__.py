"""Quotes, labels and rates for parcels: a web service, a worker, a nightly job and a tool for operators."""
