"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('assignments',
        sa.Column('case', sa.Text(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('person', sa.Text(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('case', 'version', name=op.f('pk_assignments'))
    )
    op.create_index(op.f('ix_assignments_person_at'), 'assignments', ['person', 'at'], unique=False)
    op.create_table('audit',
        sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('actor', sa.Text(), nullable=True),
        sa.Column('what', sa.Text(), nullable=False),
        sa.Column('on', sa.Text(), nullable=False),
        sa.Column('detail', sa.Text(), nullable=False),
        sa.Column('mac', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit'))
    )
    op.create_index(op.f('ix_audit_on'), 'audit', ['on'], unique=False)
    op.create_table('case_events',
        sa.Column('case', sa.Text(), nullable=False),
        sa.Column('seq', sa.Integer(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('move', sa.Text(), nullable=False),
        sa.Column('actor', sa.Text(), nullable=True),
        sa.Column('before', sa.Text(), nullable=True),
        sa.Column('after', sa.Text(), nullable=False),
        sa.Column('data', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('case', 'seq', name=op.f('pk_case_events'))
    )
    op.create_index(op.f('ix_case_events_at'), 'case_events', ['at'], unique=False)
    op.create_table('case_facts',
        sa.Column('case', sa.Text(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('case', name=op.f('pk_case_facts'))
    )
    op.create_table('case_messages',
        sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('id', sa.Text(), nullable=False),
        sa.Column('case', sa.Text(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('seq', name=op.f('pk_case_messages')),
        sa.UniqueConstraint('id', name=op.f('uq_case_messages_id'))
    )
    op.create_index(op.f('ix_case_messages_case'), 'case_messages', ['case'], unique=False)
    op.create_table('case_notes',
        sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('id', sa.Text(), nullable=False),
        sa.Column('case', sa.Text(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('seq', name=op.f('pk_case_notes')),
        sa.UniqueConstraint('id', name=op.f('uq_case_notes_id'))
    )
    op.create_index(op.f('ix_case_notes_case'), 'case_notes', ['case'], unique=False)
    op.create_table('case_numbers',
        sa.Column('day', sa.Text(), nullable=False),
        sa.Column('last', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('day', name=op.f('pk_case_numbers'))
    )
    op.create_table('cases',
        sa.Column('id', sa.Text(), nullable=False),
        sa.Column('number', sa.Text(), nullable=False),
        sa.Column('owner', sa.Text(), nullable=False),
        sa.Column('assignee', sa.Text(), nullable=True),
        sa.Column('responsible', sa.Text(), nullable=True),
        sa.Column('offered', sa.Text(), nullable=True),
        sa.Column('status', sa.Text(), nullable=False),
        sa.Column('role', sa.Text(), nullable=False),
        sa.Column('region', sa.Text(), nullable=False),
        sa.Column('topic', sa.Text(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('opened_at', sa.BigInteger(), nullable=False),
        sa.Column('due_at', sa.BigInteger(), nullable=True),
        sa.Column('timer_at', sa.BigInteger(), nullable=True),
        sa.Column('moved_by', sa.Text(), nullable=True),
        sa.Column('body', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_cases')),
        sa.UniqueConstraint('number', name=op.f('uq_cases_number'))
    )
    op.create_index(op.f('ix_cases_assignee'), 'cases', ['assignee'], unique=False)
    op.create_index(op.f('ix_cases_offered'), 'cases', ['offered'], unique=False)
    op.create_index(op.f('ix_cases_owner'), 'cases', ['owner'], unique=False)
    op.create_index(op.f('ix_cases_responsible'), 'cases', ['responsible'], unique=False)
    op.create_index(op.f('ix_cases_status_opened_at'), 'cases', ['status', 'opened_at'], unique=False)
    op.create_index(op.f('ix_cases_timer_at'), 'cases', ['timer_at'], unique=False)
    op.create_table('chat_heads',
        sa.Column('person', sa.Text(), nullable=False),
        sa.Column('seq', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('person', name=op.f('pk_chat_heads'))
    )
    op.create_table('chat_lines',
        sa.Column('person', sa.Text(), nullable=False),
        sa.Column('seq', sa.Integer(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('mine', sa.Boolean(), nullable=False),
        sa.Column('case', sa.Text(), nullable=True),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('person', 'seq', name=op.f('pk_chat_lines')),
        sa.UniqueConstraint('key', name=op.f('uq_chat_lines_key'))
    )
    op.create_table('consents',
        sa.Column('person', sa.Text(), nullable=False),
        sa.Column('what', sa.Text(), nullable=False),
        sa.Column('yes', sa.Boolean(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('person', 'what', name=op.f('pk_consents'))
    )
    op.create_table('contacts',
        sa.Column('person', sa.Text(), nullable=False),
        sa.Column('email', sa.Text(), nullable=False),
        sa.Column('phone', sa.Text(), nullable=False),
        sa.Column('telegram_chat', sa.BigInteger(), nullable=True),
        sa.Column('telegram_blocked', sa.Boolean(), nullable=False),
        sa.Column('email_bad', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('person', name=op.f('pk_contacts')),
        sa.UniqueConstraint('telegram_chat', name=op.f('uq_contacts_telegram_chat'))
    )
    op.create_table('conversations',
        sa.Column('person', sa.Text(), nullable=False),
        sa.Column('channel', sa.Text(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('person', 'channel', name=op.f('pk_conversations'))
    )
    op.create_table('counters',
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('since', sa.BigInteger(), nullable=False),
        sa.Column('ends', sa.BigInteger(), nullable=False),
        sa.Column('hits', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_counters'))
    )
    op.create_index(op.f('ix_counters_ends'), 'counters', ['ends'], unique=False)
    op.create_table('files',
        sa.Column('id', sa.Text(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('media_type', sa.Text(), nullable=False),
        sa.Column('size', sa.BigInteger(), nullable=False),
        sa.Column('sha256', sa.Text(), nullable=False),
        sa.Column('person', sa.Text(), nullable=True),
        sa.Column('case', sa.Text(), nullable=True),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_files'))
    )
    op.create_index(op.f('ix_files_case'), 'files', ['case'], unique=False)
    op.create_index(op.f('ix_files_person'), 'files', ['person'], unique=False)
    op.create_table('forgotten',
        sa.Column('person', sa.Text(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('person', name=op.f('pk_forgotten'))
    )
    op.create_table('inbox',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('source', sa.Text(), nullable=False),
        sa.Column('external_id', sa.Text(), nullable=False),
        sa.Column('position', sa.BigInteger(), nullable=True),
        sa.Column('lane', sa.Text(), nullable=False),
        sa.Column('payload', sa.Text(), nullable=True),
        sa.Column('words', sa.Text(), nullable=True),
        sa.Column('kept', sa.Boolean(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('next_at', sa.BigInteger(), nullable=False),
        sa.Column('why', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_inbox')),
        sa.UniqueConstraint('source', 'external_id', name=op.f('uq_inbox_source_external_id'))
    )
    op.create_index('ix_inbox_at', 'inbox', ['at'], unique=False)
    op.create_index(op.f('ix_inbox_source_position'), 'inbox', ['source', 'position'], unique=False)
    op.create_index('ix_inbox_waiting', 'inbox', ['lane', 'id'], unique=False, sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'"))
    op.create_table('invitations',
        sa.Column('digest', sa.Text(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('expires_at', sa.BigInteger(), nullable=False),
        sa.Column('used_at', sa.BigInteger(), nullable=True),
        sa.Column('used_by', sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint('digest', name=op.f('pk_invitations'))
    )
    op.create_table('liaisons',
        sa.Column('person', sa.Text(), nullable=False),
        sa.Column('enterprise', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('person', 'enterprise', name=op.f('pk_liaisons'))
    )
    op.create_table('outbox',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('channel', sa.Text(), nullable=False),
        sa.Column('person', sa.Text(), nullable=False),
        sa.Column('address', sa.Text(), nullable=False),
        sa.Column('case', sa.Text(), nullable=True),
        sa.Column('payload', sa.Text(), nullable=True),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('queued_at', sa.BigInteger(), nullable=False),
        sa.Column('next_at', sa.BigInteger(), nullable=False),
        sa.Column('sent_at', sa.BigInteger(), nullable=True),
        sa.Column('why', sa.Text(), nullable=False),
        sa.Column('parts', sa.Text(), nullable=False),
        sa.Column('maybe_repeat', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
        sa.UniqueConstraint('key', name=op.f('uq_outbox_key'))
    )
    op.create_index(op.f('ix_outbox_case'), 'outbox', ['case'], unique=False)
    op.create_index(op.f('ix_outbox_person'), 'outbox', ['person'], unique=False)
    op.create_index('ix_outbox_waiting', 'outbox', ['channel', 'address', 'id'], unique=False, sqlite_where=sa.text("state IN ('queued', 'sending')"), postgresql_where=sa.text("state IN ('queued', 'sending')"))
    op.create_table('passwords',
        sa.Column('person', sa.Text(), nullable=False),
        sa.Column('login', sa.Text(), nullable=False),
        sa.Column('hash', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('person', name=op.f('pk_passwords')),
        sa.UniqueConstraint('login', name=op.f('uq_passwords_login'))
    )
    op.create_table('people',
        sa.Column('id', sa.Text(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('staff', sa.Boolean(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_people'))
    )
    op.create_table('person_roles',
        sa.Column('person', sa.Text(), nullable=False),
        sa.Column('role', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('person', 'role', name=op.f('pk_person_roles'))
    )
    op.create_index(op.f('ix_person_roles_role'), 'person_roles', ['role'], unique=False)
    op.create_table('questions',
        sa.Column('id', sa.Text(), nullable=False),
        sa.Column('person', sa.Text(), nullable=False),
        sa.Column('channel', sa.Text(), nullable=False),
        sa.Column('question', sa.Text(), nullable=False),
        sa.Column('verdict', sa.Text(), nullable=False),
        sa.Column('entry', sa.Text(), nullable=True),
        sa.Column('confidence', sa.Float(), nullable=False),
        sa.Column('candidates', sa.Text(), nullable=False),
        sa.Column('release', sa.Integer(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('helpful', sa.Boolean(), nullable=True),
        sa.Column('feedback_at', sa.BigInteger(), nullable=True),
        sa.Column('test', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_questions'))
    )
    op.create_index(op.f('ix_questions_at'), 'questions', ['at'], unique=False)
    op.create_index(op.f('ix_questions_person'), 'questions', ['person'], unique=False)
    op.create_table('release_contents',
        sa.Column('release', sa.Text(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('release', name=op.f('pk_release_contents'))
    )
    op.create_table('releases',
        sa.Column('id', sa.Text(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=True),
        sa.Column('content_hash', sa.Text(), nullable=False),
        sa.Column('author', sa.Text(), nullable=True),
        sa.Column('approver', sa.Text(), nullable=True),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('entries', sa.Integer(), nullable=False),
        sa.Column('high_risk', sa.Text(), nullable=False),
        sa.Column('waiting_approval', sa.Boolean(), nullable=False),
        sa.Column('parent', sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_releases')),
        sa.UniqueConstraint('number', name=op.f('uq_releases_number'))
    )
    op.create_table('rota',
        sa.Column('person', sa.Text(), nullable=False),
        sa.Column('start', sa.BigInteger(), nullable=False),
        sa.Column('end', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('person', 'start', name=op.f('pk_rota'))
    )
    op.create_table('sessions',
        sa.Column('digest', sa.Text(), nullable=False),
        sa.Column('person', sa.Text(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('csrf', sa.Text(), nullable=False),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
        sa.Column('seen_at', sa.BigInteger(), nullable=False),
        sa.Column('expires_at', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('digest', name=op.f('pk_sessions'))
    )
    op.create_index(op.f('ix_sessions_person'), 'sessions', ['person'], unique=False)
    op.create_table('statutes',
        sa.Column('law_key', sa.Text(), nullable=False),
        sa.Column('article', sa.Text(), nullable=False),
        sa.Column('version', sa.Text(), nullable=False),
        sa.Column('short_key', sa.Text(), nullable=False),
        sa.Column('law', sa.Text(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('status', sa.Text(), nullable=False),
        sa.Column('local', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('law_key', 'article', 'version', name=op.f('pk_statutes'))
    )
    op.create_index(op.f('ix_statutes_short_key_article'), 'statutes', ['short_key', 'article'], unique=False)
    op.create_table('tasks',
        sa.Column('id', sa.Text(), nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('case', sa.Text(), nullable=False),
        sa.Column('why', sa.Text(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('done_at', sa.BigInteger(), nullable=True),
        sa.Column('done_by', sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_tasks')),
        sa.UniqueConstraint('key', name=op.f('uq_tasks_key'))
    )
    op.create_table('telegram_messages',
        sa.Column('chat', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('message', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('case', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('chat', 'message', name=op.f('pk_telegram_messages'))
    )


def downgrade() -> None:
    op.drop_table('telegram_messages')
    op.drop_table('tasks')
    op.drop_index(op.f('ix_statutes_short_key_article'), table_name='statutes')
    op.drop_table('statutes')
    op.drop_index(op.f('ix_sessions_person'), table_name='sessions')
    op.drop_table('sessions')
    op.drop_table('rota')
    op.drop_table('releases')
    op.drop_table('release_contents')
    op.drop_index(op.f('ix_questions_person'), table_name='questions')
    op.drop_index(op.f('ix_questions_at'), table_name='questions')
    op.drop_table('questions')
    op.drop_index(op.f('ix_person_roles_role'), table_name='person_roles')
    op.drop_table('person_roles')
    op.drop_table('people')
    op.drop_table('passwords')
    op.drop_index('ix_outbox_waiting', table_name='outbox', sqlite_where=sa.text("state IN ('queued', 'sending')"), postgresql_where=sa.text("state IN ('queued', 'sending')"))
    op.drop_index(op.f('ix_outbox_person'), table_name='outbox')
    op.drop_index(op.f('ix_outbox_case'), table_name='outbox')
    op.drop_table('outbox')
    op.drop_table('liaisons')
    op.drop_table('invitations')
    op.drop_index('ix_inbox_waiting', table_name='inbox', sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'"))
    op.drop_index(op.f('ix_inbox_source_position'), table_name='inbox')
    op.drop_index('ix_inbox_at', table_name='inbox')
    op.drop_table('inbox')
    op.drop_table('forgotten')
    op.drop_index(op.f('ix_files_person'), table_name='files')
    op.drop_index(op.f('ix_files_case'), table_name='files')
    op.drop_table('files')
    op.drop_index(op.f('ix_counters_ends'), table_name='counters')
    op.drop_table('counters')
    op.drop_table('conversations')
    op.drop_table('contacts')
    op.drop_table('consents')
    op.drop_table('chat_lines')
    op.drop_table('chat_heads')
    op.drop_index(op.f('ix_cases_timer_at'), table_name='cases')
    op.drop_index(op.f('ix_cases_status_opened_at'), table_name='cases')
    op.drop_index(op.f('ix_cases_responsible'), table_name='cases')
    op.drop_index(op.f('ix_cases_owner'), table_name='cases')
    op.drop_index(op.f('ix_cases_offered'), table_name='cases')
    op.drop_index(op.f('ix_cases_assignee'), table_name='cases')
    op.drop_table('cases')
    op.drop_table('case_numbers')
    op.drop_index(op.f('ix_case_notes_case'), table_name='case_notes')
    op.drop_table('case_notes')
    op.drop_index(op.f('ix_case_messages_case'), table_name='case_messages')
    op.drop_table('case_messages')
    op.drop_table('case_facts')
    op.drop_index(op.f('ix_case_events_at'), table_name='case_events')
    op.drop_table('case_events')
    op.drop_index(op.f('ix_audit_on'), table_name='audit')
    op.drop_table('audit')
    op.drop_index(op.f('ix_assignments_person_at'), table_name='assignments')
    op.drop_table('assignments')
