"""The top: the ASGI application, the command line, starting and stopping."""
