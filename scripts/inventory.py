"""What this package stands on, from its manifest, what SwiftPM resolved, and what the system has installed."""

import functools
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CHECKOUTS = os.path.join(ROOT, ".build", "checkouts")

# The licence of a Debian source package as SPDX writes it, and words of its copyright file that say so; Debian has names of its
# own. Of what a library links, the part that we link counts: elfutils' libraries, not its programs.
DEBIAN_LICENCES = {
    "curl": ("curl", "License: curl"),
    "elfutils": ("GPL-2.0-or-later OR LGPL-3.0-or-later", "LGPL-3+ or GPL-2+"),
    "gcc-12": ("GPL-3.0-or-later WITH GCC-exception-3.1", "Runtime Library Exception"),
    "glibc": ("LGPL-2.1-or-later", "GNU Lesser General Public"),
    "lcms2": ("MIT", "License: MIT"),
    "libdeflate": ("MIT", "License: Expat"),
    "libjpeg-turbo": ("BSD-3-Clause AND IJG AND Zlib", "License: BSD-BY-LC-NE"),
    "libpng1.6": ("libpng-2.0", "License: libpng"),
    "librabbitmq": ("MIT", "License: Expat"),
    "librdkafka": ("BSD-2-Clause", "License: BSD-2-clause"),
    "libunwind": ("MIT", "License: Expat"),
    "libwebp": ("BSD-3-Clause", "Redistribution and use in source and binary forms"),
    "libzstd": ("BSD-3-Clause OR GPL-2.0-only", "License: BSD-3-clause or GPL-2"),
    "postgresql-15": ("PostgreSQL", "License: PostgreSQL"),
    "sqlite3": ("blessing", "License: public-domain"),
    "zlib": ("Zlib", "License: Zlib"),
}

# What is in packages' own folders and is another's work: where it is, its name, its licence, and the file that names its version.
VENDORED = [
    ("swift-nio-ssl", "BoringSSL", "Apache-2.0 AND ISC AND OpenSSL", "Sources/CNIOBoringSSL/hash.txt"),
    ("swift-crypto", "BoringSSL", "Apache-2.0 AND ISC AND OpenSSL", "Sources/CCryptoBoringSSL/hash.txt"),
    ("swift-nio", "llhttp", "MIT", "Sources/CNIOLLHTTP/include/c_nio_llhttp.h"),
    ("hoofprint", "Chart.js", "MIT", "Sources/StatsPage/Vendor/README.md"),
]


class Missing(Exception):
    """Something of the inventory is not known; the text says what, and what to do."""


def run(*command):
    """What a command writes; its failure is the caller's."""
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise Missing(f"'{' '.join(command)}' failed: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def read(*parts):
    path = os.path.join(*parts)
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError as error:
        raise Missing(f"cannot read '{path}': {error.strerror}; run 'swift package resolve' and scripts/setup") from error


@functools.cache
def manifest():
    return json.loads(run("swift", "package", "dump-package"))


@functools.cache
def targets():
    return {target["name"]: target for target in manifest()["targets"]}


@functools.cache
def tree():
    """Packages by name as they were resolved: version, URL, folder, and the names of those they need."""
    found = {}

    def visit(node):
        name = os.path.basename(node["url"]).removesuffix(".git")
        found[name] = {**node, "name": name, "needs": sorted({visit(child) for child in node["dependencies"]})}
        return name

    # SwiftPM may write lines of its own before the answer.
    text = run("swift", "package", "show-dependencies", "--format", "json")
    root = json.loads(text[text.index("{"):])
    return [visit(child) for child in root["dependencies"]], found


def reasons():
    """The comment before each `.package(` and `.systemLibrary(` of the manifest; one stands for those that follow it, too."""
    comment, fresh, found = [], True, {}
    for line in read(ROOT, "Package.swift").splitlines():
        line = line.strip()
        if line.startswith("// "):
            comment = [line[3:]] if fresh else comment + [line[3:]]
            fresh = False
            continue
        fresh = True
        package = re.search(r'\burl: "[^"]*/([^"/]+)"', line)
        library = re.search(r'name: "(C[A-Za-z]+)"', line)
        for match in (package, library):
            if match:
                found[match.group(1).removesuffix(".git")] = " ".join(comment)
    return found


def used_by():
    """For each package, and each target that is a system library: the products whose code needs it, and the traits for that."""
    products, traits = {}, {}

    def visit(name, product, seen):
        if name in seen:
            return
        seen.add(name)
        if targets()[name]["type"] == "system":
            products.setdefault(name, set()).add(product)
        for dependency in targets()[name]["dependencies"]:
            if "product" in dependency:
                package, condition = dependency["product"][1], dependency["product"][3]
                products.setdefault(package, set()).add(product)
                traits.setdefault(package, set()).update((condition or {}).get("traits") or ["(always)"])
            else:
                visit(dependency["byName"][0], product, seen)

    for product in manifest()["products"]:
        if "plugin" not in product["type"]:
            for target in product["targets"]:
                visit(target, product["name"], set())
    return products, traits


def swift_licence(folder):
    """The licence of a package, from the file that says it."""
    names = [name for name in sorted(os.listdir(folder)) if re.fullmatch(r"(?i)licen[cs]e(\.txt|\.md)?", name)]
    if not names:
        raise Missing(f"'{folder}' has no file LICENSE: find out what its licence is")
    text = " ".join(read(folder, names[0]).split())
    if "Apache License" in text and "Version 2.0" in text:
        return "Apache-2.0 WITH Swift-exception" if "Runtime Library Exception" in text else "Apache-2.0"
    if "Permission is hereby granted, free of charge" in text:
        return "MIT"
    raise Missing(f"the licence in '{folder}/{names[0]}' is none that scripts/inventory.py knows; look at it and add it there")


def vendored_version(package, file):
    """The version of what is vendored: a version number with points, or a revision of 40 digits."""
    text = read(ROOT if package == "hoofprint" else os.path.join(CHECKOUTS, package), file)
    numbers = dict(re.findall(r"#define LLHTTP_VERSION_(MAJOR|MINOR|PATCH) (\d+)", text))
    if numbers:
        return ".".join(numbers[part] for part in ("MAJOR", "MINOR", "PATCH"))
    match = re.search(r"\b[0-9a-f]{40}\b|\b\d+\.\d+\.\d+\b", text)
    if not match:
        raise Missing(f"'{file}' of {package} names no version")
    return match.group()


@functools.cache
def debian_package(name):
    """The installed Debian package: name, version, architecture, source and licence."""
    form = "${Package}\t${Version}\t${Architecture}\t${source:Package}\n"
    package, version, architecture, source = run("dpkg-query", "-W", "-f", form, name).splitlines()[0].split("\t")
    if source not in DEBIAN_LICENCES:
        raise Missing(f"the licence of Debian's '{source}' ({package}) is not in scripts/inventory.py; look at it and add it there")
    licence, words = DEBIAN_LICENCES[source]
    if words not in " ".join(read("/usr/share/doc", package, "copyright").split()):
        raise Missing(f"/usr/share/doc/{package}/copyright does not say '{words}': is '{licence}' still its licence?")
    return {"name": package, "version": version, "architecture": architecture, "source": source, "licence": licence}


@functools.cache
def debian_release():
    text = read("/etc/os-release")
    value = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', text, re.M))
    return value["ID"], value.get("VERSION_ID", "")


def fail(program, error):
    print(f"{program}: {error}", file=sys.stderr)
    sys.exit(1)
