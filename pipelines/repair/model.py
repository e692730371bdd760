"""The character language model that repair scores readings with."""

from typing import Protocol


class LanguageModel(Protocol):
    """Scores characters in context."""

    def log_probability(self, context: str, character: str) -> float:
        """Return ln P(character | last characters of `context`)."""
        ...
