/// The script of every page. It makes elements and sets their text, and writes no HTML.
enum PageScript {
    /// The script as it stands in a page.
    static let text = SqueezedScript(names: longNames).text(of: [basics, tables, flameGraph, heatMap, waterfall, start])

    /// The names that would take the most room in a page.
    static let longNames = [
        "canvas", "parent", "text", "row", "request", "column", "data", "head", "draw", "digits", "bottom", "width",
        "redraw", "percent", "wide", "vertically", "size", "pictures", "parts", "table", "change", "zoomed", "boxes",
        "total", "columns", "byChange", "time", "make", "waited", "closed", "element", "atBottom", "levels", "ratio",
        "ranking", "found", "calls", "choice", "count", "signed", "place", "begins", "pathTimes", "pathBegins",
        "label", "lowest", "weight", "larger", "colour", "scale", "track", "button", "event", "point", "pen", "depth",
        "left", "name", "tree", "failed", "part", "below", "clock", "selector", "box", "code", "open", "next",
        "arrange", "choices", "paper", "drive", "heads", "level", "times", "most", "room", "last", "values", "dashed",
        "cell", "object", "path", "number", "units", "whole", "other", "where", "down", "share", "digit", "zoom",
        "bytes", "peak", "find", "sum", "height",
    ]

    /// Reading the data, and writing numbers as the report writes them.
    private static let basics = #"""
        const {max, min, abs, floor, round, log2} = Math;
        const $ = (id) => document.getElementById(id), all = (selector) => [...document.querySelectorAll(selector)];
        const bytes = Uint8Array.from(atob($("data").textContent), (digit) => digit.charCodeAt());
        const data = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
        const pictures = [], redraw = () => pictures.forEach((draw) => draw());
        const make = (tag, textContent, parent, more) => {
          const element = Object.assign(document.createElement(tag), {textContent}, more);
          parent.append(element);
          return element;
        };
        const label = (text, row) => make("th", text, row, {scope: "row"});
        const digits = (text, width) =>
          (text?.match(RegExp(`.{${width}}`, "g")) ?? []).map((digit) => parseInt(digit, 36));
        const columns = (object, ...keys) => keys.map((key) =>
          digits(object[key], 3).map((n) => floor(n / 36) * 10 ** (n % 36)));
        const time = (ns) => {
          let k = 0;
          for (; ns >= 999.5 && k < 3; k++) ns /= 1e3;
          return k < 1 ? round(ns) + "ns" : k < 3 || ns < 60 ? ns.toPrecision(3) + ["µs", "ms", "s"][k - 1]
            : floor(ns / 60) + "m" + floor(ns % 60) + "s";
        };
        const count = (n, noun) => (n < 1296 ? "" : "≈") + n.toLocaleString("en") + noun + (n === 1 ? "" : "s");
        const percent = (part, whole) => +(100 * part / whole || 0).toPrecision(3) + "%";
        const name = (f) => data.names[f] ?? "all requests";
        const place = (f) => {
          const code = data.codes[f], path = data.paths[data.files[f]] ?? "";
          return path && (code < 0 ? name(f).slice(code) + " at " : code && code + " at ") + path + ":" + data.lines[f];
        };
        const button = (cell, onclick) => make("button", cell.firstChild.data, cell, {onclick}, cell.textContent = "");
        const paper = (canvas, height) => {
          const ratio = devicePixelRatio, pen = canvas.getContext("2d");
          canvas.style.height = height + "px";
          canvas.width = canvas.clientWidth * ratio;
          canvas.height = height * ratio;
          pen.scale(ratio, ratio);
          return Object.assign(pen, {font: "12px system-ui", textBaseline: "middle"});
        };
        const drive = (canvas, draw, point, keys) => {
          pictures.push(draw);
          canvas.onmousemove = (event) => draw(point(event));
          canvas.onkeydown = (event) => keys[event.key] && draw(keys[event.key](), event.preventDefault());
        };
        for (const part of all(".live")) part.hidden = false;
        """#

    /// The ranking's other rows; sorting by what the cells show; the search.
    private static let tables = #"""
        const ranking = $("ranking")?.tBodies[0], find = $("find");
        const cells = data.cells.map((text) => text.split(" "));
        data.rows.forEach((f, i) => {
          const row = ranking.insertRow();
          make("small", place(f), label(name(f), row));
          for (const texts of cells) make("td", texts[i], row);
        });
        const units = {µs: 1e3, ms: 1e6, s: 1e9, m: 6e10, h: 36e11, d: 864e11, k: 1e3, M: 1e6, G: 1e9};
        const value = (row, column) => {
          const text = row.cells[column].firstChild.data;
          if (!column) return text.toLowerCase();
          let sum = /\d/.test(text) ? 0 : -1 / 0;
          for (const [, number, unit] of text.matchAll(/([\d.,]+)([µm]?s|\w)?/g))
            sum += number.replaceAll(",", "") * (units[unit] ?? 1);
          return text[0] === "−" ? -sum : text[0] === "<" ? sum / 2 : sum;
        };
        for (const table of all(".sort")) {
          const body = table.tBodies[0], rows = [...body.rows], heads = [...table.tHead.rows[0].cells];
          heads.forEach((head, column) => button(head, () => {
            const down = column ? head.ariaSort !== "descending" : head.ariaSort === "ascending";
            for (const other of heads) other.ariaSort = null;
            head.ariaSort = down ? "descending" : "ascending";
            body.append(...rows.toSorted((a, b) => {
              const x = value(a, column), y = value(b, column);
              return x === y ? 0 : x < y === down ? 1 : -1;
            }));
          }));
        }
        let found = null;
        find.oninput = () => {
          const text = find.value.toLowerCase(), has = (where) => where.toLowerCase().includes(text);
          for (const row of all(".sort tbody tr")) row.hidden = !has(row.cells[0].textContent);
          $("found").textContent = text
            && `${all("#ranking tbody tr:not([hidden])").length} of ${ranking?.rows.length}`;
          found = text && ((f) => has(name(f) + " " + place(f)));
          redraw();
        };
        """#

    /// What follows the last picture.
    private static let start = """
        for (const choice of all("select")) choice.onchange = redraw;
        onresize = redraw;
        matchMedia("(prefers-color-scheme:dark)").onchange = redraw;
        redraw();
        """
}
