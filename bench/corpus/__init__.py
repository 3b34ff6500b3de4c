"""A labelled corpus of public repositories: the labels, and how findings are held against them.

The repositories themselves are not here: `repositories.json` names them with the commits that were read. A
label is a line that a person would want to be told of, or (rule `none`) one that must be left alone.
"""
