"""The README's ten minutes, followed to the letter in an empty folder: ``make test-newcomer``."""
