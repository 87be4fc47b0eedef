"""Where the run of messages begins that a session's newest window was cut off."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("models", "0005_keys")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Session",
            name="run_sequence",
            field=fields.IntField(default=0, db_default=0),
        ),
    ]
