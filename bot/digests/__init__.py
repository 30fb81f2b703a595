"""Digests: which lists a channel's next one covers (`choice`), what it shows (`page`), when it is made (`planning`)."""
