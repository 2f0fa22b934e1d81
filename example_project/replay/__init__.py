"""Sending the shares of a file through a running server, and checking what it counted."""
