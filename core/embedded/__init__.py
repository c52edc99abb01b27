"""PostgreSQL and Valkey from Python packages, for a laptop, a demo and the tests."""
