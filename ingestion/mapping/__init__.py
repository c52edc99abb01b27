"""From an operator's columns to our fields, as a short YAML file says."""
