"""The key-values of configuration stores: as they are, as they were, and what they are called."""
