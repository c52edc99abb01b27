-- migrate:up
-- After an outage of hours the provider's list is read from where it was last compared.
create table inbox_checks (
    channel text primary key,
    complete_to timestamptz not null
);
comment on table inbox_checks is
    'Until when the provider''s own list of messages has been compared with the inbox';

alter table inbox_checks enable row level security;
revoke all on inbox_checks from anon, authenticated;

-- migrate:down
-- forward only: a mistake is mended by the next migration
