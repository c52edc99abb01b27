"""Measuring the webhook: how fast it takes messages in, and whether any is lost or overtaken."""
