// Bars over time: all pictures, and before them the redder ones.

import { byId, count, day, mark, minute, percent, pictures, shortCount } from "./words.js";
import { beginning, end } from "./interval.js";

const dayLength = 86_400_000;

export class Chart {
    #box = byId("chart");
    #reading = byId("reading");
    #plot = null;
    #bars = [];
    #above = 0;
    #index = -1;

    constructor() {
        matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
        this.#box.addEventListener("keydown", (event) => this.#press(event));
    }

    /** Shows an answer of `/v1/stats` that was split into steps. */
    show(answer, step) {
        const last = answer.buckets.length - 1;
        this.#above = answer.above;
        this.#bars = answer.buckets.map((bucket, index) => {
            const start = beginning(Date.parse(bucket.from), step);
            return { ...bucket, start, end: end(start, step), to: answer.buckets[index + 1]?.from ?? answer.to };
        });
        this.#box.setAttribute("aria-valuemax", Math.max(0, last));
        this.#draw();
        this.#read(Math.min(this.#index, last));
    }

    #draw() {
        this.#plot?.destroy();
        this.#plot = null;
        this.#box.replaceChildren();
        if (this.#bars.length === 0) return;
        const style = getComputedStyle(document.documentElement);
        const colour = (name) => style.getPropertyValue(name).trim();
        // Bars of one place are drawn over each other, the first in front.
        const series = (member, name) => ({
            data: this.#bars.map((bar) => bar[member]), backgroundColor: colour(name), grouped: false,
            categoryPercentage: 1, barPercentage: 0.82, maxBarThickness: 72, borderRadius: 3,
        });
        const font = { size: 12, family: "system-ui, sans-serif" };
        const [first, every] = this.#marks;
        const distance = (this.#bars[0].end - this.#bars[0].start) / 1000 * every;
        const isMarked = (index) => (index - first) % every === 0;
        const canvas = document.createElement("canvas");
        this.#box.append(canvas);
        this.#plot = new globalThis.Chart(canvas, {
            type: "bar",
            data: {
                labels: this.#bars.map((bar, index) => isMarked(index) ? mark(bar.start, distance) : ""),
                datasets: [series("imagesAbove", "--red"), series("images", "--all")],
            },
            options: {
                animation: false, maintainAspectRatio: false, layout: { padding: { top: 12 } },
                plugins: { legend: { display: false }, tooltip: { enabled: false } },
                scales: {
                    x: {
                        grid: { display: false },
                        ticks: { color: colour("--soft"), font, maxRotation: 0, autoSkip: false },
                    },
                    y: {
                        beginAtZero: true, suggestedMax: 1, grid: { color: colour("--line"), drawBorder: false },
                        ticks: { color: colour("--soft"), font, precision: 0, callback: (value) => shortCount(value) },
                    },
                },
                onHover: (event, _, plot) => this.#point(plot, event.x),
            },
        });
    }

    /** Which bar is the first with its moment below it, and every how manieth is; of hours, the first of a day. */
    get #marks() {
        const length = this.#bars[0].end - this.#bars[0].start;
        const perDay = dayLength / length;
        let every = Math.ceil(this.#bars.length / Math.max(3, Math.floor(this.#box.clientWidth / 80)));
        if (perDay > 1 && every * 4 > perDay) every = Math.ceil(every / perDay) * perDay;
        return [Math.max(0, this.#bars.findIndex((bar) => bar.start % dayLength === 0)) % every, every];
    }

    /** The pointer is somewhere. */
    #point(plot, x) {
        const { left, right } = plot.chartArea;
        if (x === null || x < left || x > right) return;
        this.#read(Math.min(this.#bars.length - 1, Math.max(0, plot.scales.x.getValueForPixel(x))));
    }

    #press(event) {
        const last = this.#bars.length - 1;
        const moves = {
            ArrowLeft: this.#index < 0 ? last : this.#index - 1, ArrowRight: this.#index + 1, Home: 0, End: last,
            ArrowDown: this.#index < 0 ? last : this.#index - 1, ArrowUp: this.#index + 1,
        };
        if (!(event.key in moves) || last < 0) return;
        event.preventDefault();
        this.#read(Math.min(last, Math.max(0, moves[event.key])));
    }

    /** Tells the numbers of a bar. */
    #read(index) {
        this.#index = index;
        const bar = this.#bars[index];
        const text = bar
            ? `${this.#span(bar)}: ${pictures(bar.images)}, ${count(bar.imagesAbove)} redder than `
                + percent(this.#above)
            : "Point at a bar, or go to the chart and press an arrow key, for its numbers.";
        this.#reading.textContent = text;
        this.#box.setAttribute("aria-valuenow", Math.max(0, index));
        this.#box.setAttribute("aria-valuetext", text);
    }

    #span(bar) {
        const isDays = [bar.from, bar.to].every((moment) => Date.parse(moment) % 86_400_000 === 0);
        // A day's end is the next one's beginning; people name the day before.
        const final = Date.parse(bar.to) - 1;
        if (!isDays) return `${minute(bar.from)} to ${minute(bar.to)} UTC`;
        return day(bar.from) === day(final) ? day(bar.from) : `${day(bar.from)} to ${day(final)}`;
    }
}
