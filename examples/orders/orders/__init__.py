"""A small order service: prices and confirms orders. Its settings and secrets come from Azure."""
