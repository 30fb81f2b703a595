"""Parsing of command lines, arguments, dates and times."""
