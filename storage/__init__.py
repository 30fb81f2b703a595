"""Storage: SQLite tables, repositories, migrations, backups and the tantivy search index."""
