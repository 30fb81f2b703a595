"""The HTTP client of the sources: spacing, retries, circuit breaker, byte caps."""
