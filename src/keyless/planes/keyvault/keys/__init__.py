"""Keys: their material and algorithms, and the operations that use and manage them."""
