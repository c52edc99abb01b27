"""The `travelbuddy` command."""
