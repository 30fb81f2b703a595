"""Where papers come from: Hugging Face, arXiv, and recorded files. The only part that speaks HTTP to the outside."""
