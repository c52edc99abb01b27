"""A stand-in for Twilio's WhatsApp API, with a phone page, for development and tests.

It imports nothing of any bot: point a Twilio SDK at it, give it the bot's webhook, and talk.
"""
