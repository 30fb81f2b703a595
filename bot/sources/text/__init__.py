"""Text of papers: cleaning and LaTeX."""
