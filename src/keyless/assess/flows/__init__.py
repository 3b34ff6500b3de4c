"""Where values come from: expressions followed back across functions, files and languages."""
