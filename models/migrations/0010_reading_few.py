"""Finds a card, what was written by hand, and what is newer on a topic, by indexes of their own."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index, PartialIndex


class Migration(migrations.Migration):
    dependencies = [("models", "0009_message_changes")]

    initial = False

    operations = [
        ops.RemoveIndex(
            model_name="Conclusion",
            name="conclusion_topic",
            fields=None,
        ),
        ops.AddIndex(
            model_name="Conclusion",
            index=Index(fields=["observed_id", "topic", "said_at"], name="conclusion_topic"),
        ),
        ops.AddIndex(
            model_name="Conclusion",
            index=PartialIndex(
                fields=["observed_id", "said_at", "id"],
                name="conclusion_identity",
                condition={"is_identity": True},
            ),
        ),
        ops.AddIndex(
            model_name="Conclusion",
            index=PartialIndex(
                fields=["mind_id"], name="conclusion_by_hand", condition={"is_manual": True}
            ),
        ),
    ]
