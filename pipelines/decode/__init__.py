"""Bytes to text, once, with the evidence."""
