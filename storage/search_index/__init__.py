"""The search index: tantivy, queries, updates from the papers table."""
