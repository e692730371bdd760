"""Bytes to text, with the evidence."""
