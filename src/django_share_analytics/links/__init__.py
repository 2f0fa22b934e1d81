"""The links that shares have: what stands in them, and who comes by them."""
