"""Long texts of listings, told apart by what they are about."""

from ingestion.splitting.schemas import Split, Topic
from ingestion.splitting.service import split_text, split_texts

__all__ = ["Split", "Topic", "split_text", "split_texts"]
