-- What the stranger's server has in its database: 400 customers in each of 5 cities, and 300,000 orders.
INSERT INTO customers
SELECT n, (ARRAY['Adele','Bruno','Carla','Dario','Elena','Fabio','Greta','Hugo'])[1 + n % 8] || ' ' ||
          substr(md5(n::text), 1, 14), 'customer' || n || '@mail.example',
       (ARRAY['Aosta','Bergamo','Cuneo','Domodossola','Enna'])[1 + n % 5]
FROM generate_series(1, 2000) n;
INSERT INTO orders
SELECT n, 1 + n % 2000, 'article-' || n % 97, 1 + n % 5, 100 + n % 9000 FROM generate_series(1, 300000) n;
INSERT INTO invoices SELECT n, n, 'Via Roma ' || n % 200 || ', Cuneo', 22 FROM generate_series(1, 20000) n;
ANALYZE;
