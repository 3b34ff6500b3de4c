"""Which frameworks a language has, and how their handlers are told: a file for each language."""
