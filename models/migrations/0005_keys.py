from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

class Migration(migrations.Migration):
    dependencies = [('models', '0004_session_origin')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Key',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('workspace', fields.ForeignKeyField('models.Workspace', source_field='workspace_id', null=True, db_constraint=True, to_field='id', related_name='keys', on_delete=OnDelete.CASCADE)),
                ('peer', fields.ForeignKeyField('models.Peer', source_field='peer_id', null=True, db_constraint=True, to_field='id', related_name='keys', on_delete=OnDelete.CASCADE)),
                ('session', fields.ForeignKeyField('models.Session', source_field='session_id', null=True, db_constraint=True, to_field='id', related_name='keys', on_delete=OnDelete.CASCADE)),
                ('kind', fields.TextField(unique=False)),
                ('name', fields.CharField(max_length=512)),
                ('digest', fields.CharField(max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('last_used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('revoked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'access_key', 'app': 'models', 'indexes': [Index(fields=['workspace_id'], name='access_key_workspace'), Index(fields=['peer_id'], name='access_key_peer'), Index(fields=['session_id'], name='access_key_session')], 'pk_attr': 'id', 'table_description': 'A credential. Goes with the workspace, peer or session that it is for.'},
            bases=['Model'],
        ),
        ops.AddConstraint(
            model_name='Key',
            constraint=UniqueConstraint(fields=('digest',), name='access_key_digest'),
        ),
        ops.AddConstraint(
            model_name='Key',
            constraint=UniqueConstraint(fields=('workspace_id', 'name'), name='access_key_name', condition='revoked_at IS NULL AND workspace_id IS NOT NULL'),
        ),
        ops.AddConstraint(
            model_name='Key',
            constraint=UniqueConstraint(fields=('name',), name='access_key_admin_name', condition='revoked_at IS NULL AND workspace_id IS NULL'),
        ),
        ops.AddConstraint(
            model_name='Key',
            constraint=CheckConstraint(check="kind IN ('ADMIN', 'WORKSPACE', 'PEER', 'SESSION') AND (kind = 'ADMIN') = (workspace_id IS NULL) AND (kind = 'PEER') = (peer_id IS NOT NULL) AND (kind = 'SESSION') = (session_id IS NOT NULL)", name='access_key_is_for'),
        ),
    ]
