"""What a traveller agreed to: suggestions on a schedule, and every consent with its words."""
