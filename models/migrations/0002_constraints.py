from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

class Migration(migrations.Migration):
    dependencies = [('models', '0001_tables')]

    initial = False

    operations = [
        ops.AddConstraint(
            model_name='Citation',
            constraint=UniqueConstraint(fields=('conclusion_id', 'message_id'), name='citation_once'),
        ),
        ops.AddConstraint(
            model_name='Evidence',
            constraint=CheckConstraint(check='first_sequence >= 1 AND last_sequence >= first_sequence', name='evidence_window'),
        ),
        ops.AddConstraint(
            model_name='Membership',
            constraint=UniqueConstraint(fields=('session_id', 'peer_id'), name='membership_open', condition='to_sequence IS NULL'),
        ),
        ops.AddConstraint(
            model_name='Membership',
            constraint=CheckConstraint(check='from_sequence >= 1 AND to_sequence >= from_sequence', name='membership_interval'),
        ),
        ops.AddConstraint(
            model_name='Message',
            constraint=UniqueConstraint(fields=('session_id', 'sequence'), name='message_sequence'),
        ),
        ops.AddConstraint(
            model_name='Message',
            constraint=UniqueConstraint(fields=('session_id', 'peer_id', 'client_message_id'), name='message_client_id', condition='client_message_id IS NOT NULL'),
        ),
        ops.AddConstraint(
            model_name='Mind',
            constraint=UniqueConstraint(fields=('observed_id', 'observer_id'), name='mind_of_peer', condition='observer_id IS NOT NULL'),
        ),
        ops.AddConstraint(
            model_name='Mind',
            constraint=UniqueConstraint(fields=('observed_id',), name='mind_global', condition='observer_id IS NULL'),
        ),
        ops.AddConstraint(
            model_name='Peer',
            constraint=UniqueConstraint(fields=('workspace_id', 'name'), name='peer_name'),
        ),
        ops.AddConstraint(
            model_name='Premise',
            constraint=UniqueConstraint(fields=('conclusion_id', 'premise_id'), name='premise_once'),
        ),
        ops.AddConstraint(
            model_name='Scope',
            constraint=UniqueConstraint(fields=('workspace_id', 'name'), name='scope_name'),
        ),
        ops.AddConstraint(
            model_name='ScopeSession',
            constraint=UniqueConstraint(fields=('scope_id', 'session_id'), name='scope_entry'),
        ),
        ops.AddConstraint(
            model_name='Session',
            constraint=UniqueConstraint(fields=('workspace_id', 'name'), name='session_name'),
        ),
        ops.AddConstraint(
            model_name='Window',
            constraint=UniqueConstraint(fields=('session_id', 'first_sequence'), name='window_once'),
        ),
        ops.AddConstraint(
            model_name='WorkItem',
            constraint=UniqueConstraint(fields=('kind', 'subject_id'), name='work_item_subject'),
        ),
    ]
