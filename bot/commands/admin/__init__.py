"""Commands for those who manage: permissions, members, change log, undo, privacy."""
