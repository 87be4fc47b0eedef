"""GraphQL over WebSocket: the subprotocol graphql-transport-ws.

`handshake` takes a socket or refuses it, `connection` speaks the protocol in `message`s and
`close_code`s, `stream` runs the operations, and `outlet` and `wire` write what comes of them.
"""
