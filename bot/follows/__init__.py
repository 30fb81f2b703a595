"""Follows: matching of new papers, alerts, previews of topics."""
