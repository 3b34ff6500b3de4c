"""Rules of the group `local-auth`: one a file. Files that begin with `_` are what several of them share."""
