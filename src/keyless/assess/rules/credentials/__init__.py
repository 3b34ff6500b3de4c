"""Rules of the group `credentials`: one a file. Files that begin with `_` are what several of them share."""
