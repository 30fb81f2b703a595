"""Paper sources: Hugging Face, arXiv and imported files; the only package that sends HTTP requests to sources."""
