"""Commands of papers: today, show, search, similar, new, save, discuss."""
