"""The topic language: tokens, clauses, parser, matcher."""
