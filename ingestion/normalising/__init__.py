"""Values as operators write them, read into our fields.

Every function here is pure. It returns None where nothing is stated, and raises ValueError with
one line for people where something is stated that it cannot read.
"""
