/// What is the same in every page of a flame graph.
enum FlameGraphPage {
    /// Lets the page's own script and style run and nothing else. A test compares the digests.
    static let policy =
        "default-src 'none'; script-src 'sha256-\(scriptDigest)'; style-src 'sha256-\(styleDigest)'; "
        + "base-uri 'none'; form-action 'none'"

    /// SHA-256 of ``script`` in base 64.
    static let scriptDigest = "KBxDx2jqkfZAScUm6f99p21WUS3YiwaPzEEx4ZxmV7c="
    /// SHA-256 of ``style`` in base 64.
    static let styleDigest = "Y/8Jcqi6wEbhW5hUiUXvO/KuK8kGJaCUI+V7kzDHpFc="

    /// What the colours of samples' frames mean.
    static let legend = """
        <span class="span">[span]</span> <span class="code">function</span> <span class="inlined">inlined</span>
        <span class="async">async</span> <span class="wait">(waiting)</span> <span class="mark">(missing)</span>
        """

    /// What is clicked and read beside the graph, with a legend or without.
    static func controls(legend: String) -> String {
        """
        <div id="controls" role="group" aria-label="What is shown" hidden="hidden">
        <label>Search <input id="search" type="search" autocomplete="off" spellcheck="false"/></label>
        <label>Threads <select id="threads"><option value="all">all</option><option value="on">on a CPU</option>\
        <option value="off">waiting</option></select></label>
        <button id="reset" type="button">Zoom out</button>
        \(legend)</div>
        <div id="graph" role="group" aria-label="Flame graph, outermost frames above"></div>
        <div id="status" role="status"></div>
        """
    }

    static let style = """
        :root{color-scheme:light dark}
        body{font:13px system-ui,sans-serif;margin:1em 1em 3em}
        h1{font-size:1.3em}
        #controls{display:flex;flex-wrap:wrap;gap:.8em;align-items:center;margin:.8em 0}
        #controls[hidden]{display:none}
        #controls span{padding:0 .4em}
        #graph{position:relative;overflow:hidden}
        #graph div{position:absolute;box-sizing:border-box;height:18px;line-height:17px;padding:0 3px;overflow:hidden;\
        white-space:nowrap;text-overflow:ellipsis;border:1px solid #fff;border-width:0 1px 1px 0;cursor:pointer;\
        font-size:12px;border-radius:2px}
        #graph div:hover,#graph div:focus{outline:2px solid #06c;outline-offset:-2px;z-index:1}
        #graph .above{opacity:.6}
        #graph .found{background:#d3f;font-weight:bold}
        #status{position:fixed;inset:auto 0 0 0;min-height:1.5em;padding:.4em 1em;background:Canvas;\
        border-top:1px solid GrayText;overflow-wrap:anywhere}
        .span,.code,.inlined,.async,.wait,.mark{color:#111}
        .span{background:#c9b8ee}.code{background:#f6b26b}.inlined{background:#f9d69b;font-style:italic}
        .async{background:#9bd8a5}.wait{background:#9cc5ec}.mark,.all{background:#ccc;color:#111}
        td,th{text-align:left;padding:0 1em 0 0}
        """

    /// Wrapped so that an XML parser takes it for text; JavaScript sees two comments.
    static let script = """
        //<![CDATA[
        "use strict";
        (() => {
        const byId = (id) => document.getElementById(id);
        const {frames, nodes, total: totals, unit} = JSON.parse(byId("samples").textContent);
        const graph = byId("graph"), status = byId("status"), search = byId("search"), threads = byId("threads");
        const rowHeight = 18, count = nodes.length;
        const parent = [], end = [], open = [];
        for (let i = 0; i <= count; i++) {
          const depth = i < count ? nodes[i][0] : 0;
          while (open.length > depth) end[open.pop()] = i;
          if (i < count) { parent[i] = depth ? open[depth - 1] : -1; open.push(i); }
        }
        let values = [], starts = [], total = 0, zoomed = -1, found = [];
        const measure = () => {
          const filled = new Array(count).fill(0), which = threads.value;
          let left = 0;
          total = which === "on" ? totals[0] : which === "off" ? totals[1] : totals.reduce((sum, one) => sum + one);
          for (let i = 0; i < count; i++) {
            const [, , on, off = 0] = nodes[i], up = parent[i];
            values[i] = which === "on" ? on : which === "off" ? off : on + off;
            starts[i] = up < 0 ? left : starts[up] + filled[up];
            if (up < 0) left += values[i]; else filled[up] += values[i];
          }
        };
        const percent = (part, whole) => whole ? (100 * part / whole).toFixed(1) + " %" : "–";
        const amount = (value) => {
          if (unit === "samples") return value.toLocaleString("en") + " samples";
          const units = [["s", 1e9], ["ms", 1e6], ["µs", 1e3], ["ns", 0]];
          const [name, size] = units.find((one) => value >= one[1]);
          return (value / (size || 1)).toLocaleString("en", {maximumSignificantDigits: 4}) + " " + name;
        };
        const name = (i) => frames[nodes[i][1]][0];
        const describe = (i) => {
          if (i < 0) return "all: " + amount(total);
          const frame = frames[nodes[i][1]];
          let text = frame[0] + (frame[2] === "async" || frame[2] === "inlined" ? " (" + frame[2] + ")" : "");
          if (frame[1]) text += " in " + frame[1];
          text += ": " + amount(values[i]) + ", " + percent(values[i], total) + " of all";
          if (zoomed >= 0) text += ", " + percent(values[i], values[zoomed]) + " of " + name(zoomed);
          return text;
        };
        const say = (i) => {
          const hits = search.value ? " · found: " + percent(share(), total) : "";
          status.textContent = describe(i) + hits;
        };
        const share = () => {
          let sum = 0;
          for (let i = 0; i < count;) { if (found[nodes[i][1]]) { sum += values[i]; i = end[i]; } else i++; }
          return sum;
        };
        const box = (i, row, left, width) => {
          const element = document.createElement("div"), frame = i < 0 ? ["all", "", "all"] : frames[nodes[i][1]];
          element.className = frame[2];
          if (i >= 0 && found[nodes[i][1]]) element.classList.add("found");
          if (i !== zoomed && row < zoomedRow()) element.classList.add("above");
          element.style.left = left + "px";
          element.style.top = row * rowHeight + "px";
          element.style.width = Math.max(1, width) + "px";
          if (width > 20) element.textContent = frame[0] + (frame[2] === "async" ? " (async)" : "");
          else element.style.padding = "0";
          element.dataset.node = i;
          element.tabIndex = 0;
          element.setAttribute("role", "button");
          element.setAttribute("aria-label", describe(i));
          element.title = describe(i);
          return element;
        };
        const zoomedRow = () => zoomed < 0 ? 0 : nodes[zoomed][0] + 1;
        const draw = () => {
          const width = graph.clientWidth, from = zoomed < 0 ? 0 : starts[zoomed];
          const shown = zoomed < 0 ? total : values[zoomed], boxes = [box(-1, 0, 0, width)];
          let rows = 1;
          for (let i = 0; i < count;) {
            const left = Math.max(0, (starts[i] - from) / shown * width);
            const right = Math.min(width, (starts[i] + values[i] - from) / shown * width);
            // What is narrower than half a pixel is not drawn, and nothing under it.
            if (!(right - left >= 0.5)) { i = end[i]; continue; }
            boxes.push(box(i, nodes[i][0] + 1, left, right - left));
            rows = Math.max(rows, nodes[i][0] + 2);
            i++;
          }
          graph.replaceChildren(...boxes);
          graph.style.height = rows * rowHeight + "px";
          say(zoomed);
        };
        const zoom = (i) => { zoomed = i; draw(); };
        const nodeOf = (event) => {
          const element = event.target.closest("#graph div");
          return element ? Number(element.dataset.node) : null;
        };
        const onNode = (type, action) => graph.addEventListener(type, (event) => {
          const node = nodeOf(event);
          if (node !== null) action(node, event);
        });
        onNode("click", zoom);
        onNode("mouseover", say);
        onNode("focusin", say);
        onNode("keydown", (node, event) => { if (event.key === "Enter") zoom(node); });
        document.addEventListener("keydown", (event) => { if (event.key === "Escape") zoom(-1); });
        byId("reset").addEventListener("click", () => zoom(-1));
        search.addEventListener("input", () => {
          const text = search.value.toLowerCase();
          found = frames.map((frame) => text !== "" && (frame[0] + " " + frame[1]).toLowerCase().includes(text));
          draw();
        });
        threads.addEventListener("change", () => { measure(); zoom(-1); });
        window.addEventListener("resize", draw);
        // Where all threads did the same there is nothing to choose.
        if (totals.length < 2 || totals.includes(0)) threads.parentNode.remove();
        byId("controls").hidden = false;
        measure();
        draw();
        })();
        //]]>
        """
}
