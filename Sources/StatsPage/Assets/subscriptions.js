// What clients are told of: listed, changed and removed.

import { alertItem } from "./alerts.js";
import { byId, element, percent, say } from "./words.js";

const pageLength = 50;
const historyLength = 20;
const channels = { stream: "by this page", webhook: "by webhook", email: "by e-mail", broker: "by message broker" };

export class Subscriptions {
    #server;
    #client = null;
    #next = null;
    #mayWrite = false;
    #isManyClients = false;
    #known = new Map();
    #generation = 0;

    constructor(server) {
        this.#server = server;
        byId("more").addEventListener("click", () => this.#load());
    }

    /** Lists a client's subscriptions, or everybody's that the caller may see. */
    start(client, isManyClients, mayWrite) {
        this.clear();
        this.#client = client;
        this.#isManyClients = isManyClients;
        this.#mayWrite = mayWrite;
        byId("read-only").hidden = mayWrite;
        return this.#load();
    }

    /** Forgets everything, for somebody else; answers that are still under way, too. */
    clear() {
        this.#next = null;
        this.#generation += 1;
        this.#known.clear();
        byId("subscriptions").replaceChildren();
        byId("more").hidden = true;
        this.#tell("");
    }

    /** The name of a subscription; undefined if it has none, or is not listed. */
    nameOf(id) {
        return this.#known.get(id)?.name ?? undefined;
    }

    /** Lists one that was made just now. */
    add(subscription, news) {
        this.#place(subscription);
        this.#tell(news);
    }

    async #load() {
        const generation = this.#generation;
        await this.#attempt(async () => {
            const answer = await this.#server.ask(
                "/v1/subscriptions", { client: this.#client, after: this.#next, limit: pageLength });
            if (generation !== this.#generation) return;
            for (const subscription of answer.subscriptions) this.#place(subscription);
            this.#next = answer.next;
            byId("more").hidden = answer.next === null;
            this.#count();
        });
    }

    /** Puts a subscription in its place in the list, or at the end. */
    #place(subscription) {
        const old = this.#row(subscription.id);
        this.#known.set(subscription.id, subscription);
        const row = this.#item(subscription);
        if (old) old.replaceWith(row);
        else byId("subscriptions").append(row);
        this.#count();
    }

    #row(id) {
        return [...byId("subscriptions").children].find((row) => row.dataset.id === id);
    }

    #count() {
        byId("no-subscriptions").hidden = this.#known.size > 0;
    }

    #item(subscription) {
        const title = this.#title(subscription);
        const about = [
            this.#isManyClients ? subscription.client : null, channels[subscription.channel] ?? subscription.channel,
            subscription.configuration?.url ?? subscription.configuration?.to ?? null,
        ].filter((part) => part !== null);
        const history = element("ol", { class: "history", hidden: true });
        const actions = [
            element("button", {
                type: "button", "aria-expanded": "false", "aria-label": `Alerts of ${title}`,
                click: (event) => this.#showHistory(subscription, event.currentTarget, history),
            }, "Alerts"),
        ];
        if (this.#mayWrite) {
            actions.unshift(element("label", { class: "switch" }, element("input", {
                type: "checkbox", role: "switch", checked: subscription.enabled, "aria-label": `${title} is on`,
                change: (event) => this.#enable(subscription, event.currentTarget),
            }), element("span", { "aria-hidden": "true" }, subscription.enabled ? "On" : "Off")));
            actions.push(element("button", {
                type: "button", "aria-label": `Delete ${title}`, click: () => this.#remove(subscription),
            }, "Delete"));
        } else {
            actions.unshift(element("span", { class: "about" }, subscription.enabled ? "On" : "Off"));
        }
        return element(
            "li", { "data-id": subscription.id, class: subscription.enabled ? "" : "off" },
            element("strong", {}, title), element("span", { class: "about" }, about.join(" · ")),
            element("span", { class: "row" }, ...actions), history);
    }

    #title(subscription) {
        const limit = percent(subscription.above);
        return subscription.name ? `${subscription.name}: redder than ${limit}` : `Redder than ${limit}`;
    }

    async #enable(subscription, input) {
        input.disabled = true;
        const isDone = await this.#attempt(async () => {
            const changed = await this.#server.ask(
                `/v1/subscriptions/${subscription.id}`, {}, { method: "PATCH", body: { enabled: input.checked } });
            this.#place(changed);
            this.#row(changed.id).querySelector("input").focus();
            this.#tell(`${this.#title(changed)}: ${changed.enabled ? "on" : "off"}.`);
        });
        if (isDone) return;
        input.disabled = false;
        input.checked = subscription.enabled;
    }

    async #showHistory(subscription, button, list) {
        const isShown = list.hidden;
        button.setAttribute("aria-expanded", String(isShown));
        list.hidden = !isShown;
        if (!isShown) return;
        list.replaceChildren(element("li", { class: "about" }, "Loading…"));
        const isDone = await this.#attempt(async () => {
            const { alerts, next } = await this.#server.ask(
                `/v1/alerts/${subscription.id}`, { limit: historyLength });
            const items = alerts.map((alert) => alertItem(alert, false));
            if (items.length === 0) items.push(element("li", { class: "about" }, "No alert yet."));
            if (next !== null) items.push(element("li", { class: "about" }, "Older ones can be had by the API."));
            list.replaceChildren(...items);
        });
        if (isDone) return;
        list.hidden = true;
        button.setAttribute("aria-expanded", "false");
    }

    async #remove(subscription) {
        const title = this.#title(subscription);
        const question = `“${title}” tells nobody any more, and its alerts are gone. This cannot be undone.`;
        if (!await confirmed(question)) return;
        await this.#attempt(async () => {
            await this.#server.ask(`/v1/subscriptions/${subscription.id}`, {}, { method: "DELETE" });
            this.#row(subscription.id)?.remove();
            this.#known.delete(subscription.id);
            this.#count();
            this.#tell(`Deleted: ${title}.`);
            byId("subscriptions-title").setAttribute("tabindex", "-1");
            byId("subscriptions-title").focus();
        });
    }

    #tell(news) {
        say(byId("subscriptions-trouble"), null);
        byId("subscriptions-news").textContent = news;
    }

    /** Does something, or tells why not. */
    async #attempt(body) {
        try {
            await body();
            say(byId("subscriptions-trouble"), null);
            return true;
        } catch (error) {
            say(byId("subscriptions-trouble"), error.message);
            return false;
        }
    }
}

/** Asks whether to remove something; Escape, and whatever is not the one button, says no. */
function confirmed(text) {
    const dialog = byId("removal");
    byId("removal-text").textContent = text;
    dialog.returnValue = "";
    dialog.showModal();
    byId("keep").focus();
    byId("keep").onclick = () => dialog.close();
    byId("remove").onclick = () => dialog.close("remove");
    return new Promise((resolve) => {
        dialog.addEventListener("close", () => resolve(dialog.returnValue === "remove"), { once: true });
    });
}
