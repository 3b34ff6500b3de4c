"""Pages in one file: markup that cannot be broken out of, and what all pages share."""
