"""The composition root: settings in; stores, sources, chats and the scheduler out."""
