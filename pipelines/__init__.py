"""The stages: value in, value out. No Scrapy, SQL, files, clock or network here; a test holds this."""
