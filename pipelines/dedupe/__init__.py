"""Is a text new, or a copy of one we hold?"""
