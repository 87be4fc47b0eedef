"""Finds what became of a session's messages without reading all that happened in its workspace."""

from tortoise import migrations
from tortoise.indexes import PartialIndex
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("models", "0008_search")]

    initial = False

    operations = [
        ops.AddIndex(
            model_name="Event",
            index=PartialIndex(
                fields=["session_id", "transaction", "id"],
                name="event_message_changed",
                condition={"kind": "MESSAGE_CHANGED"},
            ),
        ),
        ops.AddIndex(
            model_name="Event",
            index=PartialIndex(
                fields=["session_id", "transaction", "id"],
                name="event_messages_deleted",
                condition={"kind": "MESSAGES_DELETED"},
            ),
        ),
    ]
