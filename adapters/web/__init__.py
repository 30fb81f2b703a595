"""The workspace in the browser: the third chat, and how people try the product.

`server.application` builds it, `chat.WebChat` posts to it, `render` draws cards and `forms` draws forms.
"""
