"""Reads files with the readers of their formats, and prints what they found as one line of JSON, a value for each file.

    read.py chrome|otlp|pprof FILE…
"""
import base64
import json
import sys

SLICES = """
select slice.id, slice.parent_id, slice.ts, slice.dur, slice.name, slice.category, slice.arg_set_id, thread.tid, process.pid,
    process.name as process, thread.name as thread
from slice
left join thread_track on slice.track_id = thread_track.id left join thread using (utid)
left join process_track on slice.track_id = process_track.id
left join process on process.upid = coalesce(thread.upid, process_track.upid)
order by slice.id"""
COUNTERS = """
select track.name, counter.ts, counter.value, process.pid
from counter join process_counter_track as track on counter.track_id = track.id join process using (upid)
order by track.name, counter.ts"""
ARGUMENTS = "select arg_set_id, key, display_value from args where key glob 'args.*'"
# What Perfetto complains of.
PROBLEMS = "select name, value from stats where value > 0 and severity in ('error', 'data_loss')"


def chrome(trace):
    arguments = {}
    for row in trace.rows(ARGUMENTS):
        arguments.setdefault(row["arg_set_id"], {})[row["key"].removeprefix("args.")] = row["display_value"]
    slices = trace.rows(SLICES)
    for one in slices:
        one["arguments"] = arguments.get(one.pop("arg_set_id"), {})
    return {"slices": slices, "counters": trace.rows(COUNTERS), "problems": trace.rows(PROBLEMS)}


def pprof(data):
    import pprof_reader

    return pprof_reader.read(data)


def otlp(data):
    from google.protobuf import json_format
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2
    from opentelemetry.proto_json.collector.trace.v1 import trace_service

    # Of this reader ids are hexadecimal, and unknown members are passed over.
    request = trace_service.ExportTraceServiceRequest.from_json(data)
    # Of this one no member is unknown, and ids are base 64.
    tree = json.loads(data)
    spans = [span for one in tree["resourceSpans"] for scope in one["scopeSpans"] for span in scope["spans"]]
    for span in spans:
        for key in ("traceId", "spanId", "parentSpanId"):
            if key in span:
                span[key] = base64.b64encode(bytes.fromhex(span[key])).decode()
    strict = json_format.Parse(json.dumps(tree), trace_service_pb2.ExportTraceServiceRequest())
    found = []
    for one, known in zip(request.resource_spans, strict.resource_spans, strict=True):
        for scope, known_scope in zip(one.scope_spans, known.scope_spans, strict=True):
            for span, known_span in zip(scope.spans, known_scope.spans, strict=True):
                found.append(span_of(span, known_span, known.resource, known_scope.scope.name))
    return found


def span_of(span, known, resource, scope):
    assert (span.trace_id, span.span_id) == (known.trace_id, known.span_id)
    assert len(known.trace_id) == 16 and len(known.span_id) == 8
    return {
        "trace": known.trace_id.hex(), "id": known.span_id.hex(), "parent": known.parent_span_id.hex(),
        "name": known.name, "start": known.start_time_unix_nano, "end": known.end_time_unix_nano,
        "failed": known.status.code == 2, "attributes": attributes(known), "resource": attributes(resource),
        "scope": scope,
    }


def attributes(message):
    return {one.key: str(getattr(one.value, one.value.WhichOneof("value"))) for one in message.attributes}


def main(form, paths):
    files = []
    for path in paths:
        with open(path, "rb") as file:
            files.append(file.read())
    if form != "chrome":
        return [{"otlp": otlp, "pprof": pprof}[form](data) for data in files]
    import perfetto_reader

    with perfetto_reader.browser() as driver:
        return [chrome(perfetto_reader.read(driver, data)) for data in files]


if __name__ == "__main__":
    json.dump(main(sys.argv[1], sys.argv[2:]), sys.stdout)
