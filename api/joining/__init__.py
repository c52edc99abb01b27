"""The page that connects a web account with WhatsApp."""
