"""Adapters to disk and database, and what readers of the database use."""
