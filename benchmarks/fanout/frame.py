"""What is sent: an event of eight fields, some 350 bytes, the same from every server."""

QUERY = """
subscription($workspace: String!) {
  messages(workspace: $workspace, session: "s", after: 0) {
    kind sequence position message { id content tokenCount createdAt metadata }
  }
}
"""
PLAIN_QUERY = "subscription { said { kind sequence position message { id content tokenCount"
PLAIN_QUERY += " createdAt metadata } } }"
CONTENT = "The harbour is quiet tonight, and the lamps along the pier are being lit one by one."

EVENT = {
    "kind": "ADDED",
    "sequence": 1000,
    "position": "2f4",
    "message": {
        "id": "message_01a204b8313e7000a955f3948a6b0e7a",
        "content": CONTENT,
        "tokenCount": 19,
        "createdAt": "2026-03-02T09:30:00.123456Z",
        "metadata": {},
    },
}
