-- migrate:up
create table ai_calls (
    id bigint generated always as identity primary key,
    purpose text not null,
    model text not null,
    tokens_in integer check (tokens_in >= 0),
    tokens_out integer check (tokens_out >= 0),
    latency_ms integer not null check (latency_ms >= 0),
    outcome text not null check (outcome in (
        'answered', 'unreadable', 'refused', 'try_later', 'misconfigured')),
    called_at timestamptz not null default now()
);
comment on table ai_calls is 'What was asked of a language model and came of it; never the words';
comment on column ai_calls.tokens_in is 'As the server counted them; null where it did not say';
comment on column ai_calls.outcome is 'unreadable: the answer was no JSON of the form asked for';
create index ai_calls_called_at on ai_calls using brin (called_at);

alter table ai_calls enable row level security;
revoke all on ai_calls from anon, authenticated;

-- migrate:down
-- forward only: a mistake is mended by the next migration
