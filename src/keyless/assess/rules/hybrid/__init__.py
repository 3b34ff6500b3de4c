"""Rules of the group `hybrid`: one a file. Files that begin with `_` are what several of them share."""
