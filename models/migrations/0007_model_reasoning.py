from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint

class Migration(migrations.Migration):
    dependencies = [('models', '0006_run_sequence')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Instruction',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('workspace', fields.ForeignKeyField('models.Workspace', source_field='workspace_id', db_constraint=True, to_field='id', related_name='instructions', on_delete=OnDelete.CASCADE)),
                ('digest', fields.TextField(unique=False)),
                ('content', fields.TextField(unique=False)),
            ],
            options={'table': 'instruction', 'app': 'models', 'pk_attr': 'id', 'table_description': 'What a workspace or a session wants reasoners to look for.'},
            bases=['Model'],
        ),
        # CreateModel leaves constraints out.
        ops.AddConstraint(
            model_name='Instruction',
            constraint=UniqueConstraint(fields=('workspace_id', 'digest'), name='instruction_once'),
        ),
        ops.CreateModel(
            name='ModelCall',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('workspace', fields.ForeignKeyField('models.Workspace', source_field='workspace_id', db_constraint=True, to_field='id', related_name='model_calls', on_delete=OnDelete.CASCADE)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('purpose', fields.TextField(unique=False)),
                ('model', fields.TextField(unique=False)),
                ('input_tokens', fields.IntField()),
                ('output_tokens', fields.IntField()),
            ],
            options={'table': 'model_call', 'app': 'models', 'indexes': [Index(fields=['workspace_id', 'at'], name='model_call_workspace')], 'pk_attr': 'id', 'table_description': 'One call that a model has answered, readably or not.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Message',
            name='instruction_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='WorkItem',
            name='faults',
            field=fields.IntField(default=0, db_default=0),
        ),
    ]
