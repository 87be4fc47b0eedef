// A list of peers that grows, and a session and a conclusion that are read again by their ids.
import { graphql } from "relay-runtime";

export const peerList = graphql`
  fragment PeerList_workspace on Workspace
  @refetchable(queryName: "PeerListMoreQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" }) {
    peers(first: $count, after: $cursor, orderBy: NEWEST_FIRST)
      @connection(key: "PeerList_peers") {
      edges {
        node {
          name
          metadata
          representation(maxConclusions: 5) {
            text
          }
        }
      }
    }
  }
`;

export const messageList = graphql`
  fragment PeerListMessages_session on Session
  @refetchable(queryName: "PeerListMessagesQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" }) {
    name
    messages(last: $count, before: $cursor) @connection(key: "PeerListMessages_messages") {
      edges {
        node {
          sequence
          content
          author {
            name
          }
        }
      }
    }
  }
`;

export const query = graphql`
  query PeerListQuery($name: String!) {
    workspace(name: $name) {
      ...PeerList_workspace
      session(name: "kitchen") {
        ...PeerListMessages_session
      }
    }
  }
`;

export const conclusion = graphql`
  fragment PeerListConclusion_conclusion on Conclusion
  @refetchable(queryName: "PeerListConclusionQuery") {
    content
    support
    cited: messages {
      content
    }
  }
`;

export const byId = graphql`
  query PeerListByIdQuery($id: ID!) {
    node(id: $id) {
      __typename
      ...PeerListConclusion_conclusion @alias(as: "conclusion")
      ...PeerListMessages_session @alias(as: "session")
    }
  }
`;

export const send = graphql`
  mutation PeerListSendMutation($input: SendMessagesInput!) {
    sendMessages(input: $input) {
      position
      messages {
        id
        sequence
      }
    }
  }
`;

export const follow = graphql`
  subscription PeerListFollowSubscription($workspace: String!, $session: String!, $after: Int) {
    messages(workspace: $workspace, session: $session, after: $after) {
      kind
      sequence
      message {
        id
        content
      }
    }
  }
`;
