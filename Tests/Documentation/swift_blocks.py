"""Compiles what pages show in Swift, against the modules that `swift build` has built.

A block that begins with `import` is a program, `// swift-tools-version` and `.package(` belong to a manifest, blocks with a file
name make a package together, and all others are the body of a function in a file that imports the page's module.
"""

import re
import subprocess
from pathlib import Path

from pages import REPOSITORY

MANIFEST = "// swift-tools-version: 6.2\nimport PackageDescription\nlet package = Package(name: \"p\", dependencies: [\n%s\n])\n"


class Compiler:
    def __init__(self, build, work):
        self.build, self.work = build, work
        maps = [path for path in build.glob("*.build/module.modulemap") if "-tool.build" not in str(path)]
        for root in (REPOSITORY / "Sources", REPOSITORY / ".build/checkouts"):
            maps += [path for path in root.rglob("module.modulemap") if "/Sources/" in str(path)]
        self.flags = ["-swift-version", "6", "-I", str(build / "Modules"), "-suppress-warnings"]
        for path in maps:
            self.flags += ["-Xcc", f"-fmodule-map-file={path.resolve()}"]
        self.flags += self.packages("--cflags", "-Xcc")
        macros = build / "TracedMacros-tool"
        if macros.exists():
            self.flags += ["-load-plugin-executable", f"{macros}#TracedMacros"]

    def packages(self, what, prefix):
        libraries = re.findall(r'pkgConfig: "([^"]+)"', (REPOSITORY / "Package.swift").read_text())
        words = subprocess.run(["pkg-config", what, *libraries], capture_output=True, text=True, check=True).stdout.split()
        return [each for word in words for each in ([prefix, word] if prefix else [word])]

    def swiftc(self, *arguments):
        """What the compiler says where it fails, else nothing."""
        run = subprocess.run(["swiftc", *self.flags, *map(str, arguments)], capture_output=True, text=True)
        errors = [line for line in run.stderr.splitlines() if "error:" in line]
        return "\n".join(errors or [run.stderr]) if run.returncode else ""

    def objects(self, modules):
        """The objects of these modules and of all that they need: those of the smallest program that has them in it."""
        found = None
        for listed in self.build.glob("*.product/Objects.LinkFileList"):
            paths = [line.strip("'\"") for line in listed.read_text().splitlines()]
            target = {path: Path(path).parent.name.removesuffix(".build") for path in paths}
            own = {listed.parent.stem, listed.parent.stem.replace("-", "_")}
            kept = [path for path in paths if target[path] not in own]
            # What has no target of its own is no program: libraries, and the bundle of all tests.
            if modules <= set(target.values()) and len(kept) < len(paths) and (found is None or len(kept) < len(found)):
                found = kept
        return found

    def program(self, sources, output):
        """Compiles and links a program; returns what is wrong with it."""
        imported = {name for path in sources for name in re.findall(r"^import (\w+)$", path.read_text(), re.M)}
        modules = {name for name in imported if (self.build / f"Modules/{name}.swiftmodule").exists()}
        objects = self.objects(modules)
        if objects is None:
            return f"no program of this package has {', '.join(sorted(modules))} in it; their objects cannot be linked"
        output.parent.mkdir(parents=True, exist_ok=True)
        listed = output.parent / f"{output.name}.objects"
        listed.write_text("\n".join(f'"{path}"' for path in objects))
        libraries = [*self.packages("--libs", ""), "-lstdc++"]
        return self.swiftc(*sources, f"@{listed}", *libraries, "-module-name", output.name, "-o", output)


def is_manifest(block):
    return block.text.startswith(("// swift-tools-version", ".package("))


def check_manifest(block, work):
    folder = work / "manifest"
    folder.mkdir(exist_ok=True)
    text = block.text if block.text.startswith("//") else MANIFEST % block.text
    (folder / "Package.swift").write_text(text)
    run = subprocess.run(["swift", "package", "--package-path", folder, "dump-package"], capture_output=True, text=True)
    return run.stderr if run.returncode else ""


def write_fragment(page, block, path, modules):
    """Writes a file with the block in a function; it imports the page's module, what that imports of `modules`, and what the
    block imports."""
    given = block.argument if block.role == "given" else ""
    texts = [source.read_text() for source in (REPOSITORY / "Sources" / page.module).rglob("*.swift")]
    imported = set(re.findall(r"^(?:public |package )?import (\w+)$", "\n".join(texts), re.M))
    own = re.findall(r"^import (\w+)$", block.text, re.M)
    text = re.sub(r"^import \w+$", "", block.text, flags=re.M)
    imports = sorted({page.module, "Foundation", *own, *(imported & modules)})
    path.write_text(
        "".join(f"import {name}\n" for name in imports)
        + f"func fragment{block.line}({given}) async throws {{\n"
        + f'#sourceLocation(file: "{page.name}", line: {block.line})\n{text}}}\n'
    )


def check_swift(pages, compiler):
    """Compiles all Swift of the pages; yields what is wrong."""
    fragments, modules = {}, {path.stem for path in (compiler.build / "Modules").glob("*.swiftmodule")}
    for page in pages:
        for block in page.blocks:
            if block.language != "swift" or block.role == "file" and not is_manifest(block):
                continue
            if is_manifest(block):
                wrong = check_manifest(block, compiler.work)
            elif block.role != "given" and block.text.startswith(("import ", "/// ", "// ")) and re.search(r"^import ", block.text, re.M):
                path = compiler.work / "program" / "main.swift"
                path.parent.mkdir(exist_ok=True)
                path.write_text(f'#sourceLocation(file: "{page.name}", line: {block.line})\n{block.text}')
                wrong = compiler.swiftc("-typecheck", path)
            else:
                path = compiler.work / f"{page.module}-{page.path.stem}-{block.line}.swift"
                write_fragment(page, block, path, modules)
                fragments.setdefault(page.module, []).append(path)
                continue
            if wrong:
                yield f"{page.at(block)}: {wrong}"
    for module, paths in fragments.items():
        wrong = compiler.swiftc("-typecheck", "-parse-as-library", "-module-name", f"Fragments{module}", *paths)
        if wrong:
            yield f"{module}: {wrong}"
