"""HTTP handlers of the browser workspace."""
