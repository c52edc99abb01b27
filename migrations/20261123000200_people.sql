-- migrate:up
-- When a traveller wishes to be sent suggestions. What is null was not said: the hour and the
-- zone then have defaults, the weekday is that of the first one. `next_due_at` is null where it
-- is to be worked out: whoever changes rhythm, weekday, hour or zone sets it to null.
create table push_schedules (
    user_id bigint primary key references users (id) on delete cascade,
    rhythm text not null default 'weekly'
        check (rhythm in ('daily', 'weekly', 'fortnightly', 'monthly')),
    weekday smallint check (weekday between 0 and 6),
    hour smallint check (hour between 0 and 23),
    time_zone text,
    active boolean not null default true,
    paused_until timestamptz,
    next_due_at timestamptz,
    last_sent_at timestamptz,
    unread integer not null default 0 check (unread >= 0),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index push_schedules_due on push_schedules (next_due_at nulls first) where active;
comment on column push_schedules.weekday is '0 is Monday; for a daily rhythm without meaning';
comment on column push_schedules.hour is 'Of the traveller''s own day';
comment on column push_schedules.unread is
    'Suggestions in a row that were neither read nor answered: two halve the rhythm, four end it';

-- What became of each time at which suggestions were due: each is dealt with once, whatever
-- crashes, because the row is written with the messages in one transaction.
create table pushes (
    id bigint generated always as identity primary key,
    user_id bigint not null references users (id) on delete cascade,
    due_at timestamptz not null,
    outcome text not null check (outcome in ('sent', 'asked', 'skipped')),
    reason text,
    outbound_id bigint references outbound_messages (id) on delete set null,
    decided_at timestamptz not null default now(),
    unique (user_id, due_at)
);
create index pushes_outbound on pushes (outbound_id) where outbound_id is not null;
comment on column pushes.reason is 'Why nothing was sent';

-- Talks that a person answers. While one is open, we are silent.
create table handovers (
    id bigint generated always as identity primary key,
    user_id bigint not null references users (id) on delete cascade,
    reason text not null,
    opened_at timestamptz not null default now(),
    last_staff_at timestamptz,
    closed_at timestamptz
);
create unique index handovers_open on handovers (user_id) where closed_at is null;
create index handovers_user on handovers (user_id, opened_at desc);

alter table users add column erase_requested_at timestamptz;
create index users_to_erase on users (erase_requested_at) where erase_requested_at is not null;
comment on column users.erase_requested_at is
    'When they asked to be forgotten: they go with all that is theirs once that is confirmed';

alter table inbound_messages
    add column provider text not null default 'twilio',
    add column transcript_encrypted bytea,
    add column hearings smallint not null default 0;
comment on column inbound_messages.provider is 'Whose form the payload has';
comment on column inbound_messages.transcript_encrypted is
    'What was heard in a voice note; an empty text where it cannot be heard, null before the try';
comment on column inbound_messages.hearings is 'How often it was tried to hear the voice note';
create index inbound_messages_identity on inbound_messages (identity_id, id desc);

-- Staff who talk with travellers need a token of their own kind.
alter table api_tokens
    drop constraint api_tokens_role_check,
    add constraint api_tokens_role_check check (role in ('catalogue', 'operator', 'admin'));

alter table push_schedules enable row level security;
alter table pushes enable row level security;
alter table handovers enable row level security;
revoke all on push_schedules, pushes, handovers from anon, authenticated;

-- migrate:down
-- forward only: a mistake is mended by the next migration
