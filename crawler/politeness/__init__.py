"""What keeps us from harming servers: robots.txt, delays, pauses."""
