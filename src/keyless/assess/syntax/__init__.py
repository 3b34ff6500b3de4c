"""What files say, in one form for every language: expressions, code, templates, documents."""
