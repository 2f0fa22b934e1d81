"""The tutorial and the README's ten minutes, followed to the letter: ``make test-newcomer``."""
