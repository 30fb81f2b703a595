"""Search over the stored papers, with Hugging Face’s own when it answers in time."""
