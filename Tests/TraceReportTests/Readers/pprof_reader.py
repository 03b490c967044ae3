"""Reads profiles by pprof's own definition of its format, from Debian's package of pprof's sources."""
import gzip
import subprocess
import tempfile
from functools import cache

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, unknown_fields

FOLDER = "/usr/share/gocode/src/github.com/google/pprof/proto"


@cache
def profile_class():
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(["protoc", f"-I{FOLDER}", f"--descriptor_set_out={file.name}", "profile.proto"], check=True)
        described = descriptor_pb2.FileDescriptorSet.FromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for one in described.file:
        pool.Add(one)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("perftools.profiles.Profile"))


def by_id(messages):
    found = {one.id: one for one in messages}
    assert len(found) == len(messages), "an id comes twice"
    assert 0 not in found, "an id is 0"
    return found


def read(data):
    """The samples with their frames' names, outermost first. What the definition's comments demand is checked.

    As pprof does, it takes profiles that gzip packed, and those that nobody did.
    """
    packed = data.startswith(b"\x1f\x8b")
    profile = profile_class().FromString(gzip.decompress(data) if packed else data)
    messages = [profile, *profile.sample, *profile.location, *profile.function, *profile.mapping]
    assert all(len(unknown_fields.UnknownFieldSet(one)) == 0 for one in messages), "fields that pprof does not know"
    strings = profile.string_table
    assert strings[0] == "", "the first string is not empty"
    mappings, functions, locations = by_id(profile.mapping), by_id(profile.function), by_id(profile.location)
    for location in profile.location:
        assert location.mapping_id == 0 or location.mapping_id in mappings, "a location in no mapping"
        assert len(location.line) == 1, "a location of several functions"
    types = [{"type": strings[one.type], "unit": strings[one.unit]} for one in profile.sample_type]
    samples = []
    for sample in profile.sample:
        assert len(sample.value) == len(types) and all(value >= 0 for value in sample.value), "values"
        names = [strings[functions[locations[one].line[0].function_id].name] for one in sample.location_id]
        samples.append({"stack": names[::-1], "values": list(sample.value)})
    assert strings[profile.default_sample_type] in [one["type"] for one in types], "the default type"
    modules = {}
    for location in profile.location:
        if location.mapping_id:
            name = strings[functions[location.line[0].function_id].name]
            modules[name] = strings[mappings[location.mapping_id].filename]
    return {
        "types": types, "defaultType": strings[profile.default_sample_type], "samples": samples, "modules": modules,
        "period": {"type": strings[profile.period_type.type], "unit": strings[profile.period_type.unit]},
    }
