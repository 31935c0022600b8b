-- A shop of a million listings: 200 sellers, one photo each, in the eight categories, over 60 days.
-- Their words: a language of 9,000, the nth of which is said about 1/n as often as the first.
-- Parameter: the real words, the commonest first; the rest of the language is made up.
CREATE TEMPORARY TABLE language AS
SELECT row_number() OVER (ORDER BY made, n) AS rank, word FROM (
    SELECT false AS made, n, word FROM unnest(%(words)s::text[]) WITH ORDINALITY AS real (word, n)
    UNION ALL
    SELECT true, n, syllables[1 + n %% 21] || syllables[1 + n / 21 %% 21] || syllables[1 + n / 441 %% 21] FROM
        (SELECT '{ba,cor,del,fam,gri,hus,jov,kel,lum,mar,nex,pol,quin,ros,sta,tri,ul,ven,wim,yor,zel}'::text[] AS syllables),
        generate_series(1, 9000 - cardinality(%(words)s::text[])) AS n
) AS words;

INSERT INTO listings_seller (password, is_superuser, is_staff, is_active, last_name, date_joined, email, first_name)
SELECT '', false, false, true, '', now(), 'seller' || n || '@bench.invalid', 'Seller ' || n
FROM generate_series(1, 200) AS n;

SELECT setseed(0.5);

INSERT INTO listings_listing (id, seller_id, title, description, price, category_id, condition, town, status,
    hidden_reason, hidden_from, revision, field_revisions, published_at)
SELECT gen_random_uuid(), sellers.ids[1 + n %% 200], left(array_to_string(said.words[:4], ' '), 80),
    array_to_string(said.words[5:], ' '), n::bigint * 7919 %% 900, categories.ids[1 + n %% 8],
    ('{new,like_new,good,good,good,fair,for_parts}'::text[])[1 + n %% 7], 'Town ' || n %% 300,
    CASE WHEN n %% 20 = 0 THEN 'sold' WHEN n %% 33 = 0 THEN 'reserved' ELSE 'live' END,
    '', '', 1, '{}', now() - n * interval '5 seconds'
FROM generate_series(%(rows)s, 1, -1) AS n,
    (SELECT array_agg(id) AS ids FROM listings_seller WHERE email LIKE '%%@bench.invalid') AS sellers,
    (SELECT array_agg(id) AS ids FROM listings_category) AS categories,
    (SELECT array_agg(word ORDER BY rank) AS words FROM language) AS known,
    LATERAL (
        SELECT array_agg(word) AS words FROM
            (SELECT known.words[floor(power(9000, random() + 0 * n))::int] AS word FROM generate_series(1, 24)) AS drawn
    ) AS said;

INSERT INTO listings_photo (id, listing_id, position, sha256, upload_sha256, phash, width, height, widths, placeholder)
SELECT gen_random_uuid(), id, 0, md5(id::text) || md5(title), '', 0, 1280, 960, '{320,640,1280}',
    decode(repeat('ab', 110), 'hex')
FROM listings_listing;

UPDATE listings_categorycount AS c SET on_show = counted.n
FROM (SELECT category_id, count(*) AS n FROM listings_listing WHERE status IN ('live', 'reserved') GROUP BY 1) AS counted
WHERE counted.category_id = c.category_id;
