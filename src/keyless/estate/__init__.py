"""The estate: ``keyless.yaml``, read into the frozen ``keyless.model.estate.Estate``, written and shown.

- ``read`` reads a file, or says everything that is wrong with it, by line and column;
- ``declaration`` says once which keys there are: the reader, the JSON schema and the reference page all
  come from it;
- ``starter`` writes the first file, ``export`` writes one from an estate, ``show`` draws one as a tree.

Only models and the catalog are used: applying an estate to a store is for those who have one.
"""
