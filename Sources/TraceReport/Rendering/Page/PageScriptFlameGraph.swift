extension PageScript {
    /// The flame graph. Nodes are in the tree's order, so that those under node i are the ones from i + 1 to end[i] -
    /// 1.
    static let flameGraph = #"""
        if (data.tree) {
          const tree = data.tree, canvas = $("flame"), f = [-1, ...digits(tree.f, tree.fWidth)], size = f.length;
          const [total, own, calls, p99, was] = columns(tree, "total", "self", "count", "p99", "was");
          const cpu = digits(tree.cpu, 1), depth = digits(tree.depth, tree.depthWidth);
          const parent = [], end = [], open = [], width = [], left = [0], next = [0];
          // What a change is drawn by: the larger of both self times, so that what is gone is there.
          const larger = own.map((ns, i) => max(ns, was[i]));
          depth.forEach((row, i) => {
            for (const closed of open.splice(row)) end[closed] = i;
            parent[i] = open[row - 1];
            open[row] = i;
          });
          for (const closed of open) end[closed] = size;
          for (let i = size; --i;) larger[parent[i]] += larger[i];
          const arrange = (weight) => {
            const below = {};
            for (let i = size; --i;) below[parent[i]] = (below[parent[i]] ?? 0) + weight[i];
            width[0] = weight[0];
            next[0] = 0;
            // Calls that ran at the same time share their caller's width.
            for (let i = 1; i < size; i++) {
              const up = parent[i];
              width[i] = weight[i] * width[up] / max(weight[up], below[up]) || 0;
              left[i] = next[i] = next[up];
              next[up] += width[i];
            }
            if (!width[zoomed]) zoomed = at = 0;
          };
          const change = (i) => own[i] - was[i], most = max(1, ...was.map((_, i) => abs(change(i))));
          const mix = (a, share, b) => `color-mix(in srgb,${a} ${100 * share}%,${b})`;
          const byChange = () => $("colour").selectedIndex, atBottom = () => $("side").selectedIndex;
          const signed = (ns) => (ns < 0 ? "−" : "+") + time(abs(ns));
          let zoomed = 0, at = 0, boxes = [];
          const draw = () => {
            arrange(byChange() ? larger : total);
            const wide = canvas.clientWidth, scale = wide / width[zoomed], from = left[zoomed];
            let rows = 0;
            boxes = [];
            for (let i = 0; i < size;) {
              const x = max(0, (left[i] - from) * scale), w = min(wide, (left[i] + width[i] - from) * scale) - x;
              if (w > .5) {
                boxes.push([i, x, w]);
                rows = max(rows, depth[i++] + 1);
              } else i = end[i];
            }
            const pen = paper(canvas, rows * 18);
            for (const box of boxes) {
              const [i, x, w] = box, d = change(i) / most, room = floor(w / 6) - 1,
                y = box[3] = (atBottom() ? rows - 1 - depth[i] : depth[i]) * 18;
              pen.globalAlpha = found && !found(f[i]) ? .25 : depth[i] < depth[zoomed] ? .6 : 1;
              pen.fillStyle = byChange() ? mix(d > 0 ? "#f08634" : "#5898ec", abs(d) ** .5, "#d6d6d2")
                : cpu[i] > 34 ? "#b8d0b2" : mix("#f6be5c", cpu[i] / 34, "#96bcec");
              pen.fillRect(x, y, w > 3 ? w - 1 : w, 17);
              pen.fillStyle = "#111";
              const text = (byChange() && abs(d) > .005 ? signed(change(i)) + " " : "") + name(f[i]);
              if (room > 2)
                pen.fillText(text.length > room ? text.slice(0, room - 1) + "…" : text, x + 4, y + 9, w - 7);
              pen.strokeStyle = "#0550c8";
              pen.lineWidth = 2;
              if (i === at) pen.strokeRect(x + 1, y + 1, max(1, w - 3), 15);
            }
            $("frame").textContent = [
              name(f[at]), place(f[at]), `total ${time(total[at])}, ${percent(total[at], total[0])} of all`,
              "self " + time(own[at]) + (change(at) ? ", " + signed(change(at)) : ""), count(calls[at], " call"),
              p99[at] && "p99 " + time(p99[at]), cpu[at] < 35 && round(cpu[at] / .34) + "% on CPU"
            ].filter(Boolean).join(" · ");
          };
          const go = (i) => { if (boxes.some((box) => box[0] === i)) at = i; };
          const zoom = (i) => { zoomed = at = i; };
          const vertically = (isUp) => go(isUp === !atBottom() ? parent[at] : parent[at + 1] === at ? at + 1 : at);
          drive(canvas, draw, ({offsetX, offsetY}) =>
            go(boxes.findLast(([, x, , y]) => x <= offsetX && y <= offsetY && offsetY < y + 18)?.[0]), {
            ArrowUp: () => vertically(true),
            ArrowDown: () => vertically(false),
            ArrowRight: () => parent[end[at]] === parent[at] && go(end[at]),
            ArrowLeft: () => go(parent.findLastIndex((up, i) => i < at && up === parent[at])),
            Enter: () => zoom(at),
            Escape: () => zoom(0)
          });
          canvas.onclick = () => draw(zoom(at));
          $("out").onclick = () => draw(zoom(0));
        }
        """#
}
