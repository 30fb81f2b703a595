"""The bundled sample: a month of real lists; README.md tells their origin."""
