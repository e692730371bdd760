"""The doors: all that knows Scrapy, the network, the clock and the command line."""
