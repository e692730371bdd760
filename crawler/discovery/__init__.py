"""Which pages there are: feeds, sitemaps, list pages and their links."""
