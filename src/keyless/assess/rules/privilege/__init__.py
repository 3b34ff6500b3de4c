"""Rules of the group `privilege`: one a file. Files that begin with `_` are what several of them share."""
