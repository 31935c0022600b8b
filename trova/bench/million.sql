-- A shop of a million listings: 200 sellers, one photo each, in the eight categories, over 60 days.
INSERT INTO listings_seller (password, is_superuser, is_staff, is_active, last_name, date_joined, email, first_name)
SELECT '', false, false, true, '', now(), 'seller' || n || '@bench.invalid', 'Seller ' || n
FROM generate_series(1, 200) AS n;

INSERT INTO listings_listing (id, seller_id, title, description, price, category_id, condition, town, status,
    hidden_reason, revision, field_revisions, published_at)
SELECT gen_random_uuid(), sellers.ids[1 + n % 200], 'Thing number ' || n || ', ' || (ARRAY['blue', 'green', 'oak'])[1 + n % 3],
    repeat('It works and has a few scratches. ', 4), n % 900, categories.ids[1 + n % 8], 'good', 'Town ' || n % 300,
    CASE WHEN n % 20 = 0 THEN 'sold' WHEN n % 33 = 0 THEN 'reserved' ELSE 'live' END,
    '', 1, '{}', now() - n * interval '5 seconds'
FROM generate_series(1, 1000000) AS n,
    (SELECT array_agg(id) AS ids FROM listings_seller WHERE email LIKE '%@bench.invalid') AS sellers,
    (SELECT array_agg(id) AS ids FROM listings_category) AS categories;

INSERT INTO listings_photo (id, listing_id, position, sha256, phash, width, height, widths, placeholder)
SELECT gen_random_uuid(), id, 0, md5(id::text) || md5(title), 0, 1280, 960, '{320,640,1280}',
    decode(repeat('ab', 110), 'hex')
FROM listings_listing;

UPDATE listings_categorycount AS c SET on_show = counted.n
FROM (SELECT category_id, count(*) AS n FROM listings_listing WHERE status IN ('live', 'reserved') GROUP BY 1) AS counted
WHERE counted.category_id = c.category_id;
