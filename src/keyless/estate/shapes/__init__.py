"""What a value in the estate file may look like, said once.

A ``Shape`` reads a node of the file (and reports what is wrong with it), describes itself as JSON Schema, and
puts itself into words. Everything that knows which keys there are is made from shapes.
"""
