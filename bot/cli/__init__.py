"""Command line (typer): `installation` has run, doctor, migrate and backup; `papers` has import, search and match."""
