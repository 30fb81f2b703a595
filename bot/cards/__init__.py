"""Cards: what Broadsheet says, as platform-neutral values."""
