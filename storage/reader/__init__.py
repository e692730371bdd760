"""The read-only web page and JSON API over the database. Never writes; shows everything from the crawl as text."""
