"""How far shares travel: what became of shares whose time is over, and how sure that is."""

from __future__ import annotations
