"""The browser workspace: an aiohttp web server as the third chat platform, and how people try the product.

`server.application` builds it, `chat.WebChat` posts to it, `render` draws cards and `forms` draws forms.
"""
