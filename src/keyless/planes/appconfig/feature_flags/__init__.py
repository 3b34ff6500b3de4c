"""Feature flags that are resources of their own, beside those that are key-values."""
