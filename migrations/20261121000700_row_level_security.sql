-- migrate:up
-- Who may do what through PostgREST. The service itself connects as the owner of the tables, whom
-- row-level security does not hold back.

-- Supabase has these roles; elsewhere they are made here.
do $$
declare
    wanted text;
begin
    foreach wanted in array array['anon', 'authenticated'] loop
        continue when exists (select from pg_roles where rolname = wanted);
        begin
            execute format('create role %I nologin noinherit', wanted);
        exception
            when duplicate_object or unique_violation then
                null;  -- another database of this server was migrated at the same moment
            when insufficient_privilege then
                raise exception 'the roles anon and authenticated are missing and this account '
                    'may not create them: have an administrator run "create role anon; '
                    'create role authenticated;" and migrate again';
        end;
    end loop;
end $$;

alter table if exists schema_migrations enable row level security;
alter table locations enable row level security;
alter table providers enable row level security;
alter table travel_packages enable row level security;
alter table removed_packages enable row level security;
alter table embedding_cache enable row level security;
alter table encoders enable row level security;
alter table ingestion_runs enable row level security;
alter table ingestion_rejects enable row level security;
alter table users enable row level security;
alter table channel_identities enable row level security;
alter table consents enable row level security;
alter table user_interests enable row level security;
alter table recommendations enable row level security;
alter table feedback enable row level security;
alter table conversations enable row level security;
alter table inbound_messages enable row level security;
alter table outbound_messages enable row level security;
alter table message_events enable row level security;
alter table channel_contents enable row level security;

-- Supabase grants everything on new tables and functions to both roles.
revoke all on
    locations, providers, travel_packages, removed_packages, embedding_cache, encoders,
    ingestion_runs, ingestion_rejects, users, channel_identities, consents, user_interests,
    recommendations, feedback, conversations, inbound_messages, outbound_messages,
    message_events, channel_contents
from anon, authenticated;
revoke all on function
    note_package_change, current_traveller, name_trigrams, name_overlap, kilometres,
    place_nearness, place_share, mention_keys, wished_places, visited_places, spot_code, place_wishes, filter_date,
    filter_number, filter_list, filter_places, read_filters, departures, passes, candidates,
    judge_places, judge_numbers, text_wishes, closeness, judge_texts, stated_weights,
    rank_packages, recommend
from public, anon, authenticated;

grant usage on schema public to authenticated;
grant execute on function current_traveller, recommend to authenticated;

-- All that a tour's page would show; not the vectors, nor the record as it was delivered.
grant select (
    id, provider_id, external_id, title, description, locations, country, language,
    duration_days, price_amount, price_currency, available, transportation, food, activities,
    accommodation, notes, url, image, created_at, updated_at
) on travel_packages to authenticated;
create policy catalogue_is_for_travellers on travel_packages
    for select to authenticated using (true);

grant select (id, name) on providers to authenticated;
create policy providers_are_for_travellers on providers
    for select to authenticated using (true);

-- The sub-select asks once for each query, not for each row.
grant select on user_interests to authenticated;
create policy own_interests on user_interests
    for select to authenticated using (user_id = (select current_traveller()));

grant select on recommendations to authenticated;
create policy own_recommendations on recommendations
    for select to authenticated using (user_id = (select current_traveller()));

grant select on feedback to authenticated;
create policy own_feedback on feedback
    for select to authenticated using (user_id = (select current_traveller()));

-- migrate:down
-- forward only: a mistake is mended by the next migration
