"""What every chat adapter needs."""
