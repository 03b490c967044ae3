-- A user of red-stats' PostgreSQL for Grafana: it reads what the dashboards need, no keys and no subscriptions, and changes nothing.
-- It may see all clients' pictures. Run it in the store's database, and then: ALTER ROLE grafana PASSWORD '…';
CREATE ROLE grafana LOGIN;
ALTER ROLE grafana SET default_transaction_read_only = on;
ALTER ROLE grafana SET statement_timeout = '30s';
GRANT USAGE ON SCHEMA red_stats TO grafana;
GRANT SELECT ON red_stats.client, red_stats.event, red_stats.rollup, red_stats.alert TO grafana;
