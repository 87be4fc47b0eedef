from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0003_written_by_hand')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Session',
            name='origin_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='Session',
            name='origin_sequence',
            field=fields.IntField(null=True),
        ),
    ]
