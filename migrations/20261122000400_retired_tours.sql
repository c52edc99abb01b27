-- migrate:up
-- A tour that went missing from a complete feed is kept, but found no more.
create or replace function candidates(traveller bigint, wanted tour_filters, unwanted bigint[])
returns setof travel_packages language sql stable as $$
    select tour.*
    from travel_packages as tour
    where tour.retired_at is null
        and tour.encoder = (
            select name from encoders
            join user_interests on encoder = name where user_id = traveller)
        and tour.id <> all (unwanted)
        and passes(tour, wanted)
$$;
comment on function candidates is
    'The tours that may be found: offered still, encoded as the wish, and passing';

alter policy catalogue_is_for_travellers on travel_packages using (retired_at is null);

-- migrate:down
-- forward only: a mistake is mended by the next migration
