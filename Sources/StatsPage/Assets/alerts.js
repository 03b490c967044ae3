// Alerts as they are made.

import { byId, element, percent, second } from "./words.js";

const mostShown = 100;
/** Pictures are named by a hash, whose beginning is enough to tell them apart. */
const longestImage = 16;
const firstPauseMilliseconds = 1_000;
const longestPauseMilliseconds = 30_000;

/** One alert, as a list's item; with its client where there may be several. */
export function alertItem(alert, isManyClients, name) {
    const image = alert.image.length > longestImage ? `${alert.image.slice(0, longestImage)}…` : alert.image;
    const about = [
        `${second(alert.time)} UTC`, isManyClients ? alert.client : null, name ?? null, `picture ${image}`,
    ].filter((part) => part !== null);
    return element(
        "li", { class: "alert" },
        element("strong", { class: "red" }, `${percent(alert.red)} red`), ` over ${percent(alert.above)}`,
        element("span", { class: "about", title: alert.image }, about.join(" · ")));
}

export class Alerts {
    #server;
    #nameOf;
    #listening = null;
    #last = null;

    /** @param nameOf gives the name of a subscription by its id, if it has one. */
    constructor(server, nameOf) {
        this.#server = server;
        this.#nameOf = nameOf;
    }

    /**
     * Listens from now on.
     *
     * @param client whose alerts; null: those of everybody that the caller may see.
     */
    async start(client, isManyClients) {
        this.stop();
        const { signal } = this.#listening = new AbortController();
        let pause = firstPauseMilliseconds;
        while (!signal.aborted) {
            try {
                this.#tell("Connecting…", "waiting");
                await this.#server.listen("/v1/alerts", { client }, this.#last, signal, () => {
                    pause = firstPauseMilliseconds;
                    this.#tell("Listening", "on");
                }, (id, name, data) => this.#receive(id, name, data, isManyClients));
            } catch (error) {
                if (signal.aborted) return;
                // Asking again what may not be asked, or is asked wrongly, does not mend it.
                if (error.status >= 400 && error.status < 500 && error.status !== 429) {
                    this.#tell(error.message, "off");
                    return;
                }
            }
            if (signal.aborted) return;
            // Pages that lost one server at once do not come back at once.
            const wait = pause * (0.5 + Math.random() / 2);
            this.#tell("The connection was lost; trying again in a moment.", "waiting");
            await new Promise((resolve) => setTimeout(resolve, wait));
            pause = Math.min(pause * 2, longestPauseMilliseconds);
        }
    }

    /** Listens no longer; a later start shows what came in between. */
    stop() {
        this.#listening?.abort();
    }

    /** Forgets everything, for somebody else. */
    clear() {
        this.stop();
        this.#last = null;
        byId("alerts").replaceChildren();
        byId("no-alerts").hidden = false;
    }

    #receive(id, name, data, isManyClients) {
        // The server's ids grow; after a reconnection the same alert may come again.
        if (id !== null && this.#last !== null && Number(id) <= Number(this.#last)) return;
        if (id !== null) this.#last = id;
        if (name !== "alert") return;
        const alert = JSON.parse(data);
        const list = byId("alerts");
        list.prepend(alertItem(alert, isManyClients, this.#nameOf(alert.subscription)));
        while (list.children.length > mostShown) list.lastChild.remove();
        byId("no-alerts").hidden = true;
    }

    #tell(text, state) {
        const place = byId("stream");
        place.dataset.state = state;
        place.textContent = text;
    }
}
