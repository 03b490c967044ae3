// The form that makes a subscription.

import { byId, say } from "./words.js";

export class Subscribing {
    #server;
    #client = null;
    #onMade;

    /** @param onMade called with a subscription that was made, and news to tell of it. */
    constructor(server, onMade) {
        this.#server = server;
        this.#onMade = onMade;
        byId("new-channel").addEventListener("change", () => this.#showSettings());
        byId("new").addEventListener("submit", (event) => {
            event.preventDefault();
            this.#make();
        });
    }

    /** Offers the form; with a client to be named where the caller is none, and none is chosen. */
    start(client, isManyClients, mayWrite) {
        this.#client = client;
        byId("new").hidden = !mayWrite;
        const asksForClient = isManyClients && client === null;
        byId("new-client-choice").hidden = !asksForClient;
        byId("new-client").required = asksForClient;
        this.#showSettings();
    }

    #showSettings() {
        const channel = byId("new-channel").value;
        for (const part of byId("new").querySelectorAll("[data-channel]")) {
            part.hidden = part.dataset.channel !== channel;
        }
        byId("new-url").required = channel === "webhook";
        byId("new-to").required = channel === "email";
        // A field that is not shown cannot be mended, and must not keep the form from being sent.
        for (const id of ["new-url", "new-to"]) byId(id).disabled = !byId(id).required;
    }

    get #configuration() {
        switch (byId("new-channel").value) {
        case "webhook": {
            const secret = byId("new-secret").value.trim();
            return { url: byId("new-url").value, ...(secret ? { secret } : {}) };
        }
        case "email": return { to: byId("new-to").value };
        default: return {};
        }
    }

    async #make() {
        const client = this.#client ?? (byId("new-client").required ? byId("new-client").value : undefined);
        const name = byId("new-name").value.trim();
        try {
            const made = await this.#server.ask("/v1/subscriptions", {}, {
                method: "POST",
                body: {
                    above: Math.round(Number(byId("new-above").value) * 10) * 1000, client,
                    channel: byId("new-channel").value, configuration: this.#configuration,
                    ...(name ? { name } : {}),
                },
            });
            const news = made.secret ? ` Keep the secret, it is shown this once: ${made.secret}` : "";
            this.#onMade(made, `Subscribed.${news}`);
            for (const id of ["new-name", "new-url", "new-secret", "new-to"]) byId(id).value = "";
        } catch (error) {
            say(byId("subscriptions-trouble"), error.message);
        }
    }
}
