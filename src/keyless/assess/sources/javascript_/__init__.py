"""The syntax trees of JavaScript and TypeScript in the one form, a file for each part of the language."""
