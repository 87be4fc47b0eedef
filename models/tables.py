"""All tables, and the configuration Tortoise migrates and reads them by."""

from models.conclusion import Conclusion
from models.embedding import Embedding
from models.event import Event
from models.evidence import Citation, Evidence, Premise
from models.instruction import Instruction
from models.key import Key
from models.membership import Membership
from models.message import Message
from models.mind import Mind
from models.peer import Peer
from models.scope import Scope, ScopeSession
from models.search_index import ConclusionIndex, MessageIndex
from models.session import Session
from models.summary import Summary
from models.usage import ModelCall
from models.window import Window
from models.work import WorkItem
from models.workspace import Workspace

__all__ = [
    "Citation",
    "Conclusion",
    "ConclusionIndex",
    "Embedding",
    "Event",
    "Evidence",
    "Instruction",
    "Key",
    "Membership",
    "Message",
    "MessageIndex",
    "Mind",
    "ModelCall",
    "Peer",
    "Premise",
    "Scope",
    "ScopeSession",
    "Session",
    "Summary",
    "Window",
    "WorkItem",
    "Workspace",
]
