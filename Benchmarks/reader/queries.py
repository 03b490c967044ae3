"""What trace-report counts, by polars or by DuckDB.

    queries.py polars|duckdb LOG      prints: spans, sums of time, own time and on-CPU time, paths

Both read lines as text and take the fields out by a regular expression, on two threads, without keeping the log in memory.
"""
import os
import sys

THREADS = 2
# Where a record's fields stand: see the article "The record format".
SPAN = (
    r"~hp1 span ([0-9a-f]{16}) [0-9]+ path=([0-9]+) id=[0-9]+ parent=[0-9]+ thread=[0-9]+ start=[0-9]+"
    r" took=([0-9]+) self=([0-9]+) cpu=([0-9]+)"
)
# A character that stands in no log of ours, so that a line is one column.
NONE = "\x01"


def polars(log):
    os.environ["POLARS_MAX_THREADS"] = str(THREADS)
    import polars

    lines = polars.scan_csv(
        log, has_header=False, separator=NONE, quote_char=None, new_columns=["line"],
        schema_overrides={"line": polars.String}, infer_schema=False, truncate_ragged_lines=True)
    fields = lines.filter(polars.col("line").str.contains("~hp1 span ", literal=True)).select(
        polars.col("line").str.extract_groups(SPAN).alias("field")).unnest("field")
    names = ["session", "path", "took", "own", "cpu"]
    fields = fields.rename({str(index + 1): name for index, name in enumerate(names)}).with_columns(
        polars.col("path", "took", "own", "cpu").cast(polars.UInt64))
    table = fields.group_by("session", "path").agg(
        polars.len().alias("count"), polars.col("took", "own", "cpu").sum(),
        polars.col("took").max().alias("longest"), polars.col("took").quantile(0.99, "nearest").alias("p99"),
    ).collect(engine="streaming")
    return [*table.select("count", "took", "own", "cpu").sum().row(0), table.height]


def duckdb_log(log):
    """A connection, and the SQL of a table of the log's lines."""
    import duckdb

    connection = duckdb.connect(config={"threads": THREADS})
    connection.execute("set enable_progress_bar = false; set preserve_insertion_order = false")
    lines = (
        f"read_csv('{log.replace(chr(39), chr(39) * 2)}', columns = {{'line': 'VARCHAR'}}, header = false, "
        f"delim = '{NONE}', quote = '', escape = '', auto_detect = false, max_line_size = 1048576)"
    )
    return connection, lines


def duckdb_spans(lines, more=""):
    """The SQL of a table of the spans' fields, and of more expressions of `line`."""
    return f"""
        select field.session, field.path::ubigint as path, field.took::ubigint as took, field.own::ubigint as own,
            field.cpu::ubigint as cpu {more}
        from (
            select line, regexp_extract(line, '{SPAN}', ['session', 'path', 'took', 'own', 'cpu']) as field
            from {lines} where contains(line, '~hp1 span '))"""


def duckdb(log):
    connection, lines = duckdb_log(log)
    return connection.execute(f"""
        select sum(count), sum(took), sum(own), sum(cpu), count(*) from (
            select count(*) as count, sum(took) as took, sum(own) as own, sum(cpu) as cpu, max(took) as longest,
                quantile_disc(took, 0.99) as p99
            from ({duckdb_spans(lines)}) group by session, path)""").fetchone()


if __name__ == "__main__":
    print(*(int(value) for value in {"polars": polars, "duckdb": duckdb}[sys.argv[1]](sys.argv[2])))
