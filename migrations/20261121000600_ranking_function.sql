-- migrate:up
-- Ranking inside the database, for those who reach it through PostgREST, as on Supabase: the same
-- score as the service's own ranker. The functions that see every tour are single queries or
-- expressions, so that the planner puts them into the query around them.

alter table users add column auth_id uuid unique;
comment on column users.auth_id is 'The sub of this traveller''s access tokens, on Supabase';

-- Whose request it is ------------------------------------------------------------------------

create function current_traveller() returns bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select users.id
    from users
    cross join (select nullif(current_setting('request.jwt.claims', true), '')::jsonb) as t (claims)
    where users.auth_id = case
        when claims ->> 'sub' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        then (claims ->> 'sub')::uuid
    end
$$;
comment on function current_traveller is 'The key of the traveller whose token the request carries';

-- Places -------------------------------------------------------------------------------------

create function name_trigrams(name text) returns text[] language sql immutable as $$
    select coalesce(array_agg(distinct substr(padded, start, 3)), '{}')
    from (select ' ' || word || ' ' from unnest(string_to_array(name, ' ')) as word) as t (padded)
    cross join generate_series(1, length(padded) - 2) as start
$$;
comment on function name_trigrams is
    'The sets of three letters in a row of a folded name, each word with a blank on both sides';

create function name_overlap(a text, b text) returns double precision language sql immutable as $$
    select count(*) filter (where part = any (theirs))::double precision
        / greatest(1, least(cardinality(ours), cardinality(theirs)))
    from (select name_trigrams(a), name_trigrams(b)) as t (ours, theirs)
    left join unnest(ours) as part on true
    group by ours, theirs
$$;
comment on function name_overlap is 'How much of the shorter of two names is in the other';

-- A place as a tour or a wish names it: known places have a point on the unit sphere, and what the
-- gazetteer says of them; ids below zero are made from names that it does not know.
create type spot as (id bigint, key text, point real[], kind text, parents bigint[]);

create function kilometres(a real[], b real[]) returns double precision language sql immutable as $$
    select 2 * 6371 * asin(least(1, sqrt(sum((x::double precision - y) ^ 2)) / 2))
    from unnest(a, b) as t (x, y)
$$;
comment on function kilometres is 'The distance along the earth between points of the unit sphere';

create function place_nearness(wished spot, visited spot) returns double precision
language sql immutable as $$
    select case
        when wished.kind in ('country', 'region') or visited.kind in ('country', 'region') then 0
        else 0.7 * greatest(0, 1 - kilometres(wished.point, visited.point) / 100)
    end
$$;
comment on function place_nearness is 'The share of a known place that is another than the wished';

create function place_share(wished spot, visited spot) returns double precision
language sql immutable as $$
    select case
        when wished.id = visited.id or wished.key = visited.key then 1
        when wished.id = any (visited.parents) then 0.96
        when visited.id = any (wished.parents) then greatest(0.6, place_nearness(wished, visited))
        when wished.id < 0 or visited.id < 0 then (
            select case when overlap >= 0.75 then overlap else 0 end
            from name_overlap(wished.key, visited.key) as overlap)
        else place_nearness(wished, visited)
    end
$$;
comment on function place_share is
    'How well a visited place serves the wished one, from 0 (elsewhere) to 1 (there)';

-- Letters and digits of every script count as letters; what stands between words is listed.
create function mention_keys(key text) returns text[] language sql immutable as $$
    select array_agg(distinct regexp_replace(word, 's$', ''))
    from regexp_split_to_table(key, '[\s\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf'
        '\u2000-\u206f\u3000-\u303f]+') as word
    where word <> ''
$$;
comment on function mention_keys is
    'The words, without a plural s, by which a place is looked for in texts';

create function wished_places(traveller bigint) returns table (number bigint, wished spot)
language sql stable as $$
    select place.number,
        row(place.id, place.key, place.point::real[], known.kind, known.parents)::spot
    from user_interests as wish
    cross join unnest(wish.location_ids, wish.location_keys, wish.location_embedding)
        with ordinality as place (id, key, point, number)
    left join locations as known on known.id = place.id
    where wish.user_id = traveller
$$;

create function visited_places(traveller bigint) returns setof spot language sql stable as $$
    select visited.id, visited.key, visited.point, known.kind, known.parents
    from (
        select distinct place.id, place.key, place.point::real[] as point
        from travel_packages as tour
        cross join unnest(tour.location_ids, tour.location_keys, tour.location_embedding)
            as place (id, key, point)
        where tour.encoder = (select encoder from user_interests where user_id = traveller)
    ) as visited
    left join locations as known on known.id = visited.id
$$;
comment on function visited_places is 'The places of the catalogue, each once';

create function spot_code(id bigint, key text) returns text language sql immutable as $$
    select id || ' ' || key
$$;

-- A look into an object for each place of a tour costs the same however badly the planner guesses
-- how many tours there are; a join does not.
create function place_wishes(traveller bigint) returns table (shares jsonb, mention text[])
language sql stable as $$
    select
        coalesce(
            jsonb_object_agg(spot_code(visited.id, visited.key), share) filter (where share > 0),
            '{}'),
        case when (place.wished).id < 0 then mention_keys((place.wished).key) end
    from wished_places(traveller) as place
    left join visited_places(traveller) as visited on true
    left join lateral place_share(place.wished, visited) as share on true
    group by place.number, place.wished
$$;
comment on function place_wishes is
    'For each wished place, which places serve it and how well, and what texts may call it';

-- What a tour must not contradict ------------------------------------------------------------

create type tour_filters as (
    leave_from date,
    back_by date,
    ceiling_usd double precision,
    countries text[],
    languages text[],
    avoided_places bigint[],
    avoided_concepts text[]
);

create function filter_date(filters jsonb, key text) returns date language plpgsql stable as $$
begin
    if filters ->> key !~ '^\d{4}-\d{2}-\d{2}$' then
        raise invalid_datetime_format;
    end if;
    return (filters ->> key)::date;
exception when data_exception then
    raise exception 'filters: % must be a date such as 2027-03-31', key
        using errcode = 'invalid_parameter_value';
end $$;

create function filter_number(filters jsonb, key text) returns double precision
language plpgsql stable as $$
begin
    if jsonb_typeof(filters -> key) not in ('number', 'null') then
        raise invalid_text_representation;
    elsif (filters ->> key)::double precision < 0 then
        raise numeric_value_out_of_range;
    end if;
    return (filters ->> key)::double precision;
exception when data_exception then
    raise exception 'filters: % must be a number that is not negative', key
        using errcode = 'invalid_parameter_value';
end $$;

create function filter_list(filters jsonb, key text) returns text[] language plpgsql stable as $$
declare
    list constant jsonb := coalesce(nullif(filters -> key, 'null'), '[]');
begin
    if jsonb_typeof(list) <> 'array' or jsonb_path_exists(list, 'strict $[*] ? (
            @.type() != "string" && @.type() != "number")') then
        raise exception 'filters: % must be a list of codes', key
            using errcode = 'invalid_parameter_value';
    end if;
    return array(select jsonb_array_elements_text(list));
end $$;

create function filter_places(filters jsonb, key text) returns bigint[]
language plpgsql stable as $$
declare
    ids bigint[];
begin
    ids := filter_list(filters, key)::bigint[];
    return ids || array(select id from locations where parents && ids);
exception when data_exception then
    raise exception 'filters: % must be a list of place ids', key
        using errcode = 'invalid_parameter_value';
end $$;
comment on function filter_places is 'The ids in a list, and those of all places inside them';

create function read_filters(filters jsonb) returns tour_filters language plpgsql stable as $$
declare
    unknown text;
begin
    if jsonb_typeof(filters) <> 'object' then
        raise exception 'filters must be an object' using errcode = 'invalid_parameter_value';
    end if;
    select key into unknown from jsonb_object_keys(filters) as key
    where key not in ('start', 'end', 'ceiling_usd', 'countries', 'languages',
        'avoided_places', 'avoided_concepts');
    if found then
        raise exception 'filters: there is no %', unknown using errcode = 'invalid_parameter_value';
    end if;
    return row(
        filter_date(filters, 'start'), filter_date(filters, 'end'),
        filter_number(filters, 'ceiling_usd'), filter_list(filters, 'countries'),
        filter_list(filters, 'languages'), filter_places(filters, 'avoided_places'),
        filter_list(filters, 'avoided_concepts'))::tour_filters;
end $$;
comment on function read_filters is 'Filters as a request has them, checked and with types';

create function departures(leave_from date, leave_by date) returns datemultirange
language sql immutable as $$
    select case
        when leave_from > leave_by then '{}'::datemultirange
        else datemultirange(daterange(leave_from, leave_by, '[]'))
    end
$$;
comment on function departures is 'The days from one to another; null is an open end';

create function passes(tour travel_packages, wanted tour_filters) returns boolean
language sql stable as $$
    select (tour.available = '{}' or tour.available && departures(
            wanted.leave_from,
            wanted.back_by - (ceil(coalesce(tour.duration_days, 1))::integer - 1)))
        and coalesce(tour.price_usd <= wanted.ceiling_usd, true)
        and (wanted.countries = '{}' or tour.countries = '{}'
            or tour.countries && wanted.countries)
        and (wanted.languages = '{}' or coalesce(
            nullif(split_part(replace(lower(trim(tour.language)), '_', '-'), '-', 1), '')
                = any (wanted.languages), true))
        and not tour.location_ids && wanted.avoided_places
        and not tour.concepts && wanted.avoided_concepts
$$;
comment on function passes is 'Whether a tour contradicts no filter; silence contradicts nothing';

create function candidates(traveller bigint, wanted tour_filters, unwanted bigint[])
returns setof travel_packages language sql stable as $$
    select tour.*
    from travel_packages as tour
    where tour.encoder = (
            select name from encoders
            join user_interests on encoder = name where user_id = traveller)
        and tour.id <> all (unwanted)
        and passes(tour, wanted)
$$;
comment on function candidates is 'The tours that may be found: encoded as the wish, and passing';

-- One row for each tour and stated criterion -------------------------------------------------

create function judge_places(traveller bigint, wanted tour_filters, unwanted bigint[])
returns table (package_id bigint, criterion text, similarity double precision, known boolean)
language sql stable as $$
    with wishes as materialized (select * from place_wishes(traveller))
    select tour.id, 'location', served.similarity, served.known
    from candidates(traveller, wanted, unwanted) as tour
    cross join lateral (
        select
            avg(greatest(best.share, case when wish.mention <@ tour.words then 0.9 end)),
            tour.location_ids <> '{}' or bool_or(coalesce(wish.mention <@ tour.words, false))
        from wishes as wish
        cross join lateral (
            select coalesce(
                max(coalesce(wish.shares -> spot_code(place.id, place.key), '0')::double precision),
                0.5)
            from unnest(tour.location_ids, tour.location_keys) as place (id, key)
        ) as best (share)
    ) as served (similarity, known)
    where served.similarity is not null
$$;

create function judge_numbers(traveller bigint, wanted tour_filters, unwanted bigint[])
returns table (package_id bigint, criterion text, similarity double precision, known boolean)
language sql stable as $$
    select tour.id, point.criterion,
        case
            when point.stated is null then 0.5
            else (1 + least(1, greatest(-1, -(point.wished <#> point.stated)))) / 2
        end,
        point.stated is not null
    from user_interests as wish
    cross join candidates(traveller, wanted, unwanted) as tour
    cross join lateral (values
        ('duration', wish.duration_embedding, tour.duration_embedding),
        ('budget', wish.budget_embedding, tour.budget_embedding)
    ) as point (criterion, wished, stated)
    where wish.user_id = traveller and point.wished is not null
$$;

create function text_wishes(traveller bigint)
returns table (criterion text, wished vector, concepts text[], words text[], scale encoders)
language sql stable as $$
    select field.criterion, field.wished,
        array(select jsonb_array_elements_text(wish.asked #> array[field.criterion, 'concepts'])),
        array(select jsonb_array_elements_text(wish.asked #> array[field.criterion, 'words'])),
        scale
    from user_interests as wish
    join encoders as scale on scale.name = wish.encoder
    cross join lateral (values
        ('transportation', wish.transportation_embedding),
        ('food', wish.food_embedding),
        ('activities', wish.activities_embedding),
        ('accommodation_notes', wish.accommodation_notes_embedding)
    ) as field (criterion, wished)
    where wish.user_id = traveller and field.wished is not null
$$;

create function closeness(cosine double precision, scale encoders) returns double precision
language sql immutable as $$
    select least(1, greatest(0,
        (cosine - scale.unrelated)
            / greatest(scale.alike::double precision - scale.unrelated, 1e-6)))
$$;
comment on function closeness is
    'A cosine, not null, as 0 (unrelated) … 1 (the same in other words)';

create function judge_texts(traveller bigint, wanted tour_filters, unwanted bigint[])
returns table (package_id bigint, criterion text, similarity double precision, known boolean)
language sql stable as $$
    with wishes as materialized (
        select *, cardinality(concepts) + cardinality(words) as asked from text_wishes(traveller)
    )
    select tour.id, wish.criterion,
        case
            when wish.asked = 0 then coalesce(field.likeness, 0.5)
            else named.share + (1 - named.share) * 0.5 * coalesce(field.likeness, 1)
        end,
        field.said is not null or named.share > 0
    from candidates(traveller, wanted, unwanted) as tour
    cross join wishes as wish
    cross join lateral (select case wish.criterion
        when 'transportation' then tour.transportation_embedding
        when 'food' then tour.food_embedding
        when 'activities' then tour.activities_embedding
        when 'accommodation_notes' then tour.accommodation_notes_embedding
    end) as own (said)
    cross join lateral (select own.said,
        case when own.said is not null then closeness(-(wish.wished <#> own.said), wish.scale) end
    ) as field (said, likeness)
    cross join lateral (
        select count(*)::double precision / greatest(wish.asked, 1)
        from (
            select unnest(wish.concepts) = any (tour.concepts)
            union all
            select unnest(wish.words) = any (tour.words)
        ) as wanted (found)
        where found
    ) as named (share)
$$;

create function stated_weights(traveller bigint)
returns table (criterion text, weight double precision) language sql stable as $$
    select stated.criterion, given.weight / sum(given.weight) over ()
    from user_interests as wish
    cross join lateral (values
        ('location', wish.location_ids <> '{}'),
        ('duration', wish.duration_embedding is not null),
        ('budget', wish.budget_embedding is not null),
        ('transportation', wish.transportation_embedding is not null),
        ('food', wish.food_embedding is not null),
        ('activities', wish.activities_embedding is not null),
        ('accommodation_notes', wish.accommodation_notes_embedding is not null)
    ) as stated (criterion, holds)
    cross join lateral (
        select (wish.weights ->> stated.criterion)::double precision) as given (weight)
    where wish.user_id = traveller and stated.holds
$$;
comment on function stated_weights is 'The weights of the stated criteria, scaled to sum to 1';

-- The ranking --------------------------------------------------------------------------------

create function rank_packages(
    traveller bigint, k integer, wanted tour_filters, unwanted bigint[]
) returns table (package_id bigint, score double precision, parts jsonb) language sql stable as $$
    with judged as materialized (
        select id as package_id, null as criterion, null as similarity, null as known
        from candidates(traveller, wanted, unwanted)  -- so that a wish of nothing finds all
        union all select * from judge_places(traveller, wanted, unwanted)
        union all select * from judge_numbers(traveller, wanted, unwanted)
        union all select * from judge_texts(traveller, wanted, unwanted)
    ),
    weighed as materialized (select * from stated_weights(traveller)),
    best as (
        select package_id,
            round(coalesce(sum(weight * similarity), 0.5)::numeric, 6) as score
        from judged left join weighed using (criterion)
        group by package_id
        order by score desc, package_id
        limit k
    )
    select package_id, score,
        coalesce(jsonb_object_agg(criterion, jsonb_build_object(
            'similarity', similarity, 'weight', weight,
            'points', weight * similarity, 'known', known)) filter (where weight is not null), '{}')
    from best join judged using (package_id) left join weighed using (criterion)
    group by package_id, score
    order by score desc, package_id
$$;
comment on function rank_packages is
    'The best k tours for one row of user_interests: score = sum of weight * similarity';

create function recommend(
    k integer default 3, filters jsonb default '{}', exclude bigint[] default '{}'
) returns table (
    package_id bigint, score double precision, parts jsonb, title text, url text
) language plpgsql stable security definer set search_path = public, extensions, pg_temp as $$
declare
    traveller constant bigint := current_traveller();
    wanted constant tour_filters := read_filters(coalesce(filters, '{}'));
    unwanted constant bigint[] := array_remove(coalesce(exclude, '{}'), null);
begin
    if k is null or k not between 1 and 100 then
        raise exception 'k must be from 1 to 100' using errcode = 'invalid_parameter_value';
    end if;
    return query
    select ranked.package_id, ranked.score, ranked.parts, tour.title, tour.url
    from rank_packages(traveller, k, wanted, unwanted) as ranked
    join travel_packages as tour on tour.id = ranked.package_id
    order by ranked.score desc, ranked.package_id;
end $$;
comment on function recommend is
    'The best tours for the traveller of the request, best first, with the parts of each score';

-- migrate:down
-- forward only: a mistake is mended by the next migration
