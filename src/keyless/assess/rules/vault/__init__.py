"""Rules of the group `vault`: one a file. Files that begin with `_` are what several of them share."""
