"""The generated pages of the reference, one module a page; `build_reference.py` writes them."""
