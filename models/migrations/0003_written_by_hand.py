from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0002_constraints')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Conclusion',
            name='is_card_line',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Conclusion',
            name='is_manual',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Mind',
            name='card_set_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
