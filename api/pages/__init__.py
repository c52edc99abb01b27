"""The pages for browsers: how they are made, and those that belong to no other room."""
