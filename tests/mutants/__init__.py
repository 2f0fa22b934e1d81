"""``python -m tests.mutants``: would a test fail if the code were wrong? Asked of a random sample.

A mutant is the package with one small change, such as ``<`` for ``<=``. The tests of its room are
run over each mutant of the sample. What survives is a line without a test, or a change that changes
nothing: read the list, and write the tests for those that matter. What is for one database only
survives on the others: ``TEST_DATABASE`` picks the one that the tests run on, as for every test.

The changes are Cosmic Ray's. They are made in copies of the tree, never in the tree itself.
"""
