from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint

# Where summaries are off, nobody has asked for what was said there to be summarised.
KEEP_OFF = """
UPDATE message SET feeds_summaries = false
FROM session JOIN workspace ON workspace.id = session.workspace_id
WHERE message.session_id = session.id
  AND coalesce(session.configuration -> 'summary' ->> 'enabled',
               workspace.configuration -> 'summary' ->> 'enabled') = 'false'
"""


class Migration(migrations.Migration):
    dependencies = [('models', '0010_reading_few')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Summary',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('workspace_id', fields.UUIDField()),
                ('session', fields.ForeignKeyField('models.Session', source_field='session_id', db_constraint=True, to_field='id', related_name='summaries', on_delete=OnDelete.CASCADE)),
                ('kind', fields.TextField(unique=False)),
                ('first_sequence', fields.IntField()),
                ('last_sequence', fields.IntField()),
                ('content', fields.TextField(null=True, unique=False)),
                ('token_count', fields.IntField()),
                ('is_anew', fields.BooleanField(default=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'summary', 'app': 'models', 'indexes': [Index(fields=['workspace_id', 'id'], name='summary_workspace')], 'pk_attr': 'id', 'table_description': 'A window of messages and what it said; without content there is nothing to read.'},
            bases=['Model'],
        ),
        # CreateModel leaves constraints out.
        ops.AddConstraint(
            model_name='Summary',
            constraint=UniqueConstraint(fields=('session_id', 'kind', 'last_sequence'), name='summary_of_window'),
        ),
        ops.AddField(
            model_name='Message',
            name='feeds_summaries',
            field=fields.BooleanField(default=True, db_default=True),
        ),
        ops.RunSQL(KEEP_OFF),
    ]
