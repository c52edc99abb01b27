-- migrate:up
-- Who asks to be forgotten is forgotten by the channel's provider, too. What it was told to delete
-- already is noted, so that a crash in the middle loses nothing; the rows go with their user.
alter table inbound_messages add column erased_at timestamptz;
alter table outbound_messages add column erased_at timestamptz;
comment on column inbound_messages.erased_at is 'When the provider deleted what it kept of it';
comment on column outbound_messages.erased_at is 'When the provider deleted what it kept of it';

-- Without these, each person who goes costs a walk through all messages, and one more for each
-- message that they wrote.
create index outbound_messages_identity on outbound_messages (identity_id, id);
create index outbound_messages_inbound on outbound_messages (inbound_id)
    where inbound_id is not null;

-- migrate:down
-- forward only: a mistake is mended by the next migration
