"""A stand-in for Facebook Login: the dialog, the token exchange, the profile, and the callbacks."""
