-- migrate:up
create table conversations (
    user_id bigint primary key references users (id) on delete cascade,
    state jsonb not null default '{}',
    updated_at timestamptz not null default now()
);

create table inbound_messages (
    id bigint generated always as identity primary key,
    channel text not null,
    provider_sid text not null,
    identity_id bigint not null references channel_identities (id) on delete cascade,
    payload_encrypted bytea not null,
    received_at timestamptz not null default now(),
    processed_at timestamptz,
    attempts integer not null default 0,
    not_before timestamptz not null default now(),
    last_error text,
    unique (channel, provider_sid)
);
create index inbound_messages_waiting on inbound_messages (identity_id, id)
    where processed_at is null;
comment on column inbound_messages.payload_encrypted is
    'All that the channel sent, the words included: what people write is personal data';

-- `position` orders the messages of one reply; `priority` puts replies before bulk.
-- `claimed` is committed before the channel is called: a row found so after a crash may have
-- been sent, and is looked up before anything is sent again. The statuses from `accepted` on
-- are the channel's own.
create table outbound_messages (
    id bigint generated always as identity primary key,
    identity_id bigint not null references channel_identities (id) on delete cascade,
    inbound_id bigint references inbound_messages (id) on delete cascade,
    position integer not null default 0,
    priority smallint not null default 0,
    content jsonb not null,
    status text not null default 'pending' check (status in (
        'pending', 'claimed', 'unknown', 'accepted', 'queued', 'sending', 'sent', 'delivered',
        'read', 'failed', 'undelivered', 'cancelled')),
    provider_sid text,
    error_code text,
    attempts integer not null default 0,
    not_before timestamptz not null default now(),
    claimed_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (inbound_id, position)
);
create unique index outbound_messages_sid on outbound_messages (provider_sid)
    where provider_sid is not null;
create index outbound_messages_waiting on outbound_messages (identity_id, priority, id)
    where status in ('pending', 'claimed', 'unknown');

create table message_events (
    id bigint generated always as identity primary key,
    outbound_id bigint not null references outbound_messages (id) on delete cascade,
    status text not null,
    error_code text,
    received_at timestamptz not null default now(),
    unique (outbound_id, status)
);

create table channel_contents (
    channel text not null,
    shape text not null,
    content_sid text not null,
    created_at timestamptz not null default now(),
    primary key (channel, shape)
);
comment on table channel_contents is 'Message shapes registered once with the channel, then reused';

-- migrate:down
-- forward only: a mistake is mended by the next migration
