"""Rules of the group `identity`: one a file. Files that begin with `_` are what several of them share."""
