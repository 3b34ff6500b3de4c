"""Which keys ``keyless.yaml`` has, what they hold and what they mean: the one place that says so.

The docstrings and descriptions here are the texts of the JSON schema and of the reference page.
"""
