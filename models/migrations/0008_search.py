from tortoise import migrations
from tortoise.migrations import operations as ops
from models.embedding import HalfVectorField
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.contrib.postgres.indexes import GinIndex
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index, PartialIndex
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

# Looked for first: creating what is there already asks for a superuser all the same.
CREATE_EXTENSION = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'vector') THEN
        CREATE EXTENSION vector;
    END IF;
END $$
"""

# A vector out of line would be fetched by itself, at five to nine times the cost of a scan.
STORE_IN_LINE = 'ALTER TABLE embedding ALTER COLUMN vector SET STORAGE PLAIN'

# Said here: Tortoise takes a key that is also a reference for changed at each look.
FORGET_WITH_OWNER = """
ALTER TABLE {owner}_index ADD CONSTRAINT {owner}_index_{owner}
FOREIGN KEY ({owner}_id) REFERENCES {owner} (id) ON DELETE CASCADE
"""

# What was said and concluded before there was an index.
INDEX_WHAT_IS_THERE = """
INSERT INTO work_item (id, workspace_id, kind, subject_id, transaction, asked_sequence, due_at,
                       is_asked_again, attempts, fence, is_dead, created_at)
SELECT gen_random_uuid(), workspace_id, kind, id, 0, 0, now(), false, 0, 0, false, now()
FROM (SELECT id, workspace_id, 'embed' AS kind FROM session WHERE last_sequence > 0
      UNION ALL SELECT DISTINCT observed_id, workspace_id, 'embed_conclusions' FROM conclusion)
    AS subject
"""


class Migration(migrations.Migration):
    dependencies = [('models', '0007_model_reasoning')]

    initial = False

    operations = [
        ops.RunSQL(CREATE_EXTENSION),
        ops.CreateModel(
            name='ConclusionIndex',
            fields=[
                ('conclusion_id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('workspace_id', fields.UUIDField()),
                ('observed_id', fields.UUIDField()),
                ('terms', ArrayField(element_type='BIGINT')),
            ],
            options={'table': 'conclusion_index', 'app': 'models', 'indexes': [Index(fields=['observed_id'], name='conclusion_index_observed'), GinIndex(fields=['terms'], name='conclusion_index_terms')], 'pk_attr': 'conclusion_id', 'table_description': 'The terms of one conclusion, repeated as often as they occur in it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Embedding',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('workspace_id', fields.UUIDField()),
                ('message', fields.ForeignKeyField('models.Message', source_field='message_id', null=True, db_constraint=True, to_field='id', related_name='embeddings', on_delete=OnDelete.CASCADE)),
                ('conclusion', fields.ForeignKeyField('models.Conclusion', source_field='conclusion_id', null=True, db_constraint=True, to_field='id', related_name='embeddings', on_delete=OnDelete.CASCADE)),
                ('space', fields.TextField(unique=False)),
                ('vector', HalfVectorField(generated=False, null=False, unique=False)),
            ],
            options={'table': 'embedding', 'app': 'models', 'pk_attr': 'id', 'table_description': 'The vector of one message or one conclusion in one space.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MessageIndex',
            fields=[
                ('message_id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('workspace_id', fields.UUIDField()),
                ('session_id', fields.UUIDField()),
                ('sequence', fields.IntField()),
                ('peer_id', fields.UUIDField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('terms', ArrayField(element_type='BIGINT')),
            ],
            options={'table': 'message_index', 'app': 'models', 'indexes': [GinIndex(fields=['terms'], name='message_index_terms')], 'pk_attr': 'message_id', 'table_description': 'The terms of one message, repeated as often as they occur in it.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Conclusion',
            name='is_indexed',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddIndex(
            model_name='Conclusion',
            index=PartialIndex(fields=['observed_id'], name='conclusion_unindexed', condition={'is_indexed': False}),
        ),
        ops.AddConstraint(
            model_name='Embedding',
            constraint=CheckConstraint(check='(message_id IS NULL) <> (conclusion_id IS NULL)', name='embedding_owner'),
        ),
        ops.AddConstraint(
            model_name='Embedding',
            constraint=UniqueConstraint(fields=('message_id', 'space'), name='embedding_of_message', condition='message_id IS NOT NULL'),
        ),
        ops.AddConstraint(
            model_name='Embedding',
            constraint=UniqueConstraint(fields=('conclusion_id', 'space'), name='embedding_of_conclusion', condition='conclusion_id IS NOT NULL'),
        ),
        ops.AddConstraint(
            model_name='MessageIndex',
            constraint=UniqueConstraint(fields=('session_id', 'sequence'), name='message_index_sequence'),
        ),
        ops.RunSQL(FORGET_WITH_OWNER.format(owner='message')),
        ops.RunSQL(FORGET_WITH_OWNER.format(owner='conclusion')),
        ops.RunSQL(STORE_IN_LINE),
        ops.RunSQL(INDEX_WHAT_IS_THERE),
    ]
