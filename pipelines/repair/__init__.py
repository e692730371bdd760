"""Undo damage of the text, only where its fingerprint is found."""
