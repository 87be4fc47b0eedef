"""GraphQL over WebSocket: the subprotocol graphql-transport-ws.

`handshake` takes a socket or refuses it, `connection` speaks the protocol in `message`s and
`close_code`s, and `outlet` and `wire` write what comes of its `operation`s. Those are run in
server/stream.py.
"""
