"""Deliveries: the ledger, digests, message records, messages of the browser workspace."""
