"""Quality scores over ../shared, one module a subject; `make score` prints them all."""
