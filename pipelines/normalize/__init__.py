"""What the printed strings mean."""
