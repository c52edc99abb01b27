"""The language model, where the operator has one: a port, an adapter and a record of its use."""

from core.ai.port import LanguageModel
from core.ai.service import language_model

__all__ = ["LanguageModel", "language_model"]
