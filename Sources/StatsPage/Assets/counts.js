// The question of the page: an interval, a red value, a client; and its answer in words, bars and a table.

import { Chart } from "./chart.js";
import { interval, step } from "./interval.js";
import { byId, count, element, minute, percent, pictures, ratio, say } from "./words.js";

const debounceMilliseconds = 150;
const refreshMilliseconds = 60_000;
const names = {
    hour: "In the last hour", day: "In the last 24 hours", week: "In the last 7 days", month: "In the last 30 days",
    year: "In the last 365 days",
};

export class Counts {
    #server;
    #client = null;
    #chart = new Chart();
    #asking = null;
    #timer = null;
    #isOn = false;

    constructor(server) {
        this.#server = server;
        byId("question").addEventListener("submit", (event) => event.preventDefault());
        byId("intervals").addEventListener("change", () => this.#choose());
        for (const id of ["from", "to"]) byId(id).addEventListener("change", () => this.load());
        byId("above").addEventListener("input", () => this.#slide(byId("above"), byId("above-number")));
        byId("above-number").addEventListener("input", () => this.#slide(byId("above-number"), byId("above")));
        byId("above-number").addEventListener("change", () => this.#settle());
        document.addEventListener("visibilitychange", () => document.hidden || this.load());
    }

    /** Asks from now on, for a client's pictures, or for everybody's that the caller may see. */
    start(client) {
        this.#client = client;
        this.#isOn = true;
        this.load();
    }

    /** Asks no longer, and forgets the answer. */
    stop() {
        this.#isOn = false;
        byId("totals").replaceChildren();
        byId("figure").hidden = true;
        byId("numbers").tBodies[0].replaceChildren();
        this.#asking?.abort();
        clearTimeout(this.#timer);
    }

    /** Asks after a while, unless it is told to again before that. */
    load(delay = 0) {
        clearTimeout(this.#timer);
        if (this.#isOn) this.#timer = setTimeout(() => this.#load(), delay);
    }

    get #choice() {
        return byId("question").elements.interval.value;
    }

    /** The value that is chosen, in parts per million; of a tenth of a percent each. */
    get #above() {
        return Math.round(Number(byId("above").value) * 10) * 1000;
    }

    #choose() {
        const isCustom = this.#choice === "custom";
        byId("custom").hidden = !isCustom;
        if (isCustom && !byId("from").value) {
            const today = new Date();
            byId("to").value = today.toISOString().slice(0, 16);
            byId("from").value = new Date(today - 86_400_000).toISOString().slice(0, 16);
        }
        this.load();
    }

    #slide(moved, other) {
        if (!moved.checkValidity() || moved.value === "") return;
        other.value = moved.value;
        this.load(debounceMilliseconds);
    }

    /** A number that is none leaves the field as it was. */
    #settle() {
        const field = byId("above-number");
        if (!field.checkValidity() || field.value === "") field.value = byId("above").value;
    }

    async #load() {
        this.#asking?.abort();
        const asking = this.#asking = new AbortController();
        try {
            const bounds = interval(this.#choice, byId("from").value, byId("to").value);
            const split = step(bounds);
            const answer = await this.#server.ask("/v1/stats", {
                from: new Date(bounds.from).toISOString(), to: new Date(bounds.to).toISOString(), above: this.#above,
                step: split.name, client: this.#client,
            }, { signal: asking.signal });
            if (asking.signal.aborted) return;
            this.#show(answer, split);
        } catch (error) {
            if (asking.signal.aborted) return;
            say(byId("counts-trouble"), error.message);
            byId("figure").hidden = true;
            byId("totals").textContent = "";
        }
        if (!document.hidden && this.#choice !== "custom") this.load(refreshMilliseconds);
    }

    #show(answer, split) {
        say(byId("counts-trouble"), null);
        byId("figure").hidden = false;
        const value = percent(answer.above);
        byId("key-above").textContent = `redder than ${value}`;
        this.#tell(this.#words(answer, value));
        this.#chart.show(answer, split);
        byId("numbers").tBodies[0].replaceChildren(...answer.buckets.map((bucket) => element(
            "tr", {}, element("th", { scope: "row" }, minute(bucket.from)), element("td", {}, count(bucket.images)),
            element("td", {}, count(bucket.imagesAbove)))));
    }

    /** Screen readers read what is put there, which they should only where it says something new. */
    #tell(words) {
        const told = element("p", {}, ...words);
        if (told.textContent !== byId("totals").textContent) byId("totals").replaceChildren(...told.childNodes);
    }

    #words(answer, value) {
        const when = names[this.#choice] ?? `From ${minute(answer.from)} to ${minute(answer.to)} UTC`;
        const whose = this.#client === null ? "" : ` of ${this.#client}`;
        if (answer.images === 0) return [`${when} no pictures${whose} came.`];
        const all = element("strong", {}, pictures(answer.images));
        const red = element("strong", { class: "red" }, count(answer.imagesAbove));
        return [
            `${when} `, all, `${whose} came. `, red,
            ` of them (${ratio(answer.imagesAbove, answer.images)}) ${answer.imagesAbove === 1 ? "is" : "are"}`
            + ` redder than ${value}.`,
        ];
    }
}
