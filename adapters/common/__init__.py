"""What at least two chats need, without any one's name: inert text and HTML, buttons, listeners, tasks and pauses.

It imports no chat, and of the core `bot.{ports,cards,domain,i18n,errors}` alone.
"""
