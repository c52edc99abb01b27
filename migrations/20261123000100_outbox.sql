-- migrate:up
-- `held` is what waits for the traveller to write, because the 24-hour window is closed and a
-- template has gone out in its place. A failure is never sent again as it is: its copy is.
alter table outbound_messages
    add column copy_of bigint unique references outbound_messages (id) on delete set null,
    add column template jsonb,
    add column not_after timestamptz,
    add column settled_at timestamptz,
    drop constraint outbound_messages_status_check,
    add constraint outbound_messages_status_check check (status in (
        'pending', 'claimed', 'unknown', 'held', 'accepted', 'queued', 'sending', 'sent',
        'delivered', 'read', 'failed', 'undelivered', 'cancelled')),
    drop constraint outbound_messages_inbound_id_position_key;
comment on column outbound_messages.copy_of is 'The failed message that this one repeats';
comment on column outbound_messages.template is 'What went out, where that was a template';
comment on column outbound_messages.not_after is 'When sending it makes no sense any more';
comment on column outbound_messages.settled_at is
    'A failure that nobody needs to look at any more: dropped, or part of the normal course';
create unique index outbound_messages_reply on outbound_messages (inbound_id, position)
    where copy_of is null;
create index outbound_messages_held on outbound_messages (identity_id, id) where status = 'held';
create index outbound_messages_letters on outbound_messages (id)
    where status in ('failed', 'undelivered') and settled_at is null;
create index outbound_messages_stuck on outbound_messages (identity_id, updated_at)
    where status = 'sent';

-- Failures from before there was a list of them are history.
update outbound_messages set settled_at = now() where status in ('failed', 'undelivered');

alter table inbound_messages add column settled_at timestamptz;
comment on column inbound_messages.settled_at is
    'Given up, and nobody needs to look at it any more';
update inbound_messages set settled_at = now()
 where processed_at is not null and last_error is not null;
create index inbound_messages_letters on inbound_messages (id)
    where processed_at is not null and last_error is not null and settled_at is null;

alter table channel_identities add column window_shut_at timestamptz;
comment on column channel_identities.window_shut_at is
    'When the channel said that the 24-hour window is closed, whatever our clock says';

-- Each callback is a row, also where it repeats another.
alter table message_events drop constraint message_events_outbound_id_status_key;
create index message_events_outbound on message_events (outbound_id, id);

create table templates (
    account text not null,
    name text not null,
    language text not null,
    approval text not null
        check (approval in ('missing', 'submitted', 'approved', 'rejected', 'paused')),
    provider_id text not null default '',
    fingerprint text not null default '',
    reason text not null default '',
    paused_by_us boolean not null default false,
    updated_at timestamptz not null default now(),
    primary key (account, name, language)
);
comment on column templates.account is 'Provider and its account: templates belong to both';
comment on column templates.fingerprint is 'Of the wording that was submitted';
comment on column templates.paused_by_us is
    'A message made of it was refused for its form: not used until submitted anew';

create table channel_halts (
    id bigint generated always as identity primary key,
    account text not null,
    code text not null,
    halted_at timestamptz not null default now(),
    resumed_at timestamptz
);
comment on table channel_halts is 'While one is open nothing is sent: the account is locked';
create unique index channel_halts_open on channel_halts (account) where resumed_at is null;

alter table templates enable row level security;
alter table channel_halts enable row level security;
revoke all on templates, channel_halts from anon, authenticated;

-- migrate:down
-- forward only: a mistake is mended by the next migration
