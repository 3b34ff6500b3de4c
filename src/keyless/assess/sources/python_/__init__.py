"""Python's syntax tree in the one form, a file for each part of the language."""
