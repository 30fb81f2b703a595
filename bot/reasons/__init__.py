"""Reason codes: why something is as it is, kept as a code with values, said in the language of whoever reads it."""
