extension PageScript {
    /// Durations over time: a column a window, a row a step of duration, and how many calls there were above.
    static let heatMap = #"""
        if (data.time) {
          const {start, step, roots} = data.time, canvas = $("heat"), pick = $("root"), left = 60, top = 40;
          roots.forEach((root, value) => make("option", name(root.f), pick, {value}));
          let at = 0, last = 0;
          const clock = (k) => new Date(start + k * step).toISOString().slice(11, step < 1e3 ? 23 : 19);
          const draw = () => {
            const {cells, rows, low, perOctave, ...root} = roots[pick.value], row = min(14, max(5, 200 / rows));
            const [calls, failed, p50, p99] = columns(root, "count", "errors", "p50", "p99");
            const levels = cells.split(".").map((text) => digits(text, 1)), size = levels.length;
            last = size - 1;
            at = max(0, min(at, last));
            const bottom = top + rows * row, pen = paper(canvas, bottom + 20),
              wide = (canvas.clientWidth - left) / size;
            const x = (k) => left + k * wide, y = (ns) => bottom - (log2(ns) - low) * perOctave * row;
            const box = (colour, alpha, ...place) => {
              pen.fillStyle = colour;
              pen.globalAlpha = alpha;
              pen.fillRect(...place);
              pen.globalAlpha = 1;
            };
            const ink = getComputedStyle(canvas).color, peak = max(1, ...calls),
              most = max(1, ...levels.flatMap((l) => l.slice(1)));
            levels.forEach(([lowest, ...column], k) => {
              box(ink, .2, x(k), top - 6, wide - .5, -30 * calls[k] / peak);
              box("#d22", 1, x(k), top - 6, wide - .5, -30 * failed[k] / peak);
              column.forEach((level, r) => level &&
                box("#e0641e", .08 + .92 * level / most, x(k), bottom - (lowest + r + 1) * row, wide - .5, row - .5));
            });
            pen.fillStyle = pen.strokeStyle = ink;
            for (let ns = 1; ns < 1e16; ns *= 10) {
              if (y(ns) < top || y(ns) > bottom) continue;
              box(ink, .15, left, y(ns), canvas.clientWidth, 1);
              pen.fillText(time(ns), 0, y(ns));
            }
            [p50, p99].forEach((values, dashed) => {
              pen.setLineDash(dashed ? [4, 3] : []);
              pen.beginPath();
              values.forEach((ns, k) => ns && pen.lineTo(x(k + .5), y(ns)));
              pen.stroke();
            });
            pen.setLineDash([]);
            for (let k = 0; k < size; k += max(1, size / 4)) pen.fillText(clock(k), x(k), bottom + 12);
            pen.strokeRect(x(at), 1, wide, bottom);
            $("window").textContent = `${clock(at)} – ${clock(at + 1)} UTC · ${count(calls[at], " call")}, `
              + `${failed[at]} failed · p50 ${time(p50[at])} · p99 ${time(p99[at])}`;
          };
          drive(canvas, draw, ({offsetX}) => {
            at = floor((offsetX - left) / (canvas.clientWidth - left) * (last + 1));
          }, {ArrowLeft: () => at--, ArrowRight: () => at++});
        }
        """#

    /// The spans of a request under each other, by time.
    static let waterfall = #"""
        if (data.requests) {
          const table = $("spans"), choices = all("#slowest tbody th").map((head, k) => button(head, () => show(k)));
          const show = (k) => {
            const request = data.requests[k], took = request.took, f = digits(request.f, request.fWidth);
            const [times, own, pathTimes] = columns(request, "time", "self", "pathTime");
            const [begins, parts, pathBegins] = ["begin", "path", "pathBegin"].map((key) => digits(request[key], 3));
            choices.forEach((choice, j) => { choice.ariaPressed = j === k; });
            table.caption.textContent = name(f[0]) + ", " + time(took);
            table.tBodies[0].textContent = "";
            f.forEach((fn, i) => {
              const row = table.tBodies[0].insertRow(), head = label("", row), track = row.insertCell();
              const bar = (className, begin, ns) => {
                const {style} = make("i", "", track, {className});
                style.left = percent(begin, 46655);
                style.width = percent(ns, took);
              };
              let waited = 0;
              track.className = "track";
              bar("", begins[i], times[i]);
              parts.forEach((part, p) => {
                if (part !== i) return;
                bar("on", pathBegins[p], pathTimes[p]);
                waited += pathTimes[p];
              });
              head.style.paddingLeft = digits(request.depth, 2)[i] * 14 + "px";
              head.textContent = (waited ? "◆ " : "") + name(fn) + (+request.failed[i] ? " (failed)" : "");
              for (const ns of [times[i], own[i], waited]) make("td", ns ? time(ns) : "–", row);
            });
          };
          show(0);
        }
        """#
}
