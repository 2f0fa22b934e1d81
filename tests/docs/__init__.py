"""What the documentation shows is true: samples run, links lead somewhere, the search finds."""
