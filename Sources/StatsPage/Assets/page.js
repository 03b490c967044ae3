// Who looks at the page, and what they see.

import { Alerts } from "./alerts.js";
import { Counts } from "./counts.js";
import { Server } from "./server.js";
import { Subscribing } from "./subscribing.js";
import { Subscriptions } from "./subscriptions.js";
import { byId, say } from "./words.js";

const clientDebounceMilliseconds = 350;

const server = new Server();
const counts = new Counts(server);
const subscriptions = new Subscriptions(server);
const alerts = new Alerts(server, (id) => subscriptions.nameOf(id));
const subscribing = new Subscribing(server, (made, news) => subscriptions.add(made, news));

let hasKeys = true;
let me = null;
let client = null;

/** Shows what the caller may see, or asks who it is. */
async function begin() {
    say(byId("trouble"), null);
    byId("again").hidden = true;
    try {
        me = await server.ask("/v1/me");
        hasKeys = me.keys;
    } catch (error) {
        if (error.status !== 401) return trouble(error.message, error.status === 0 || error.status >= 500);
        hasKeys = true;
        return askWho();
    }
    if (!hasKeys && server.caller === null) return askWho();
    show();
}

/** Asks for a key, or for a name; and tells why, if that is not told already. */
function askWho(reason) {
    hide();
    if (reason) say(byId("trouble"), reason);
    byId("entrance-title").textContent = hasKeys ? "Sign in" : "Who are you?";
    byId("credential-label").textContent = hasKeys ? "API key" : "Client name";
    byId("credential-hint").textContent = hasKeys
        ? "It is kept in this tab until you sign out or close it."
        : "This server asks for no keys. Without a name you see everybody's pictures.";
    const field = byId("credential");
    field.type = hasKeys ? "password" : "text";
    field.required = hasKeys;
    field.value = "";
    byId("entrance").hidden = false;
    field.focus();
}

function trouble(text, isWorthTrying) {
    hide();
    say(byId("trouble"), text);
    byId("again").hidden = !isWorthTrying;
}

function hide() {
    counts.stop();
    alerts.clear();
    subscriptions.clear();
    for (const id of ["content", "leave", "entrance", "again"]) byId(id).hidden = true;
    byId("caller").textContent = "";
}

function show() {
    byId("entrance").hidden = true;
    byId("content").hidden = false;
    byId("leave").hidden = false;
    byId("leave").textContent = hasKeys ? "Sign out" : "Change name";
    byId("caller").textContent = me.client ?? "all clients";
    byId("client-choice").hidden = me.client !== null;
    byId("client").value = "";
    alerts.clear();
    look(null);
}

/** Looks at one client's, or at all. */
function look(chosen) {
    client = chosen;
    const isMany = me.client === null;
    const mayWrite = me.scopes.some((scope) => scope === "write" || scope === "admin");
    counts.start(client);
    subscriptions.start(client, isMany, mayWrite);
    subscribing.start(client, isMany, mayWrite);
    alerts.start(client, isMany);
}

let clientTimer = null;
byId("client").addEventListener("input", () => {
    clearTimeout(clientTimer);
    clientTimer = setTimeout(() => {
        const chosen = byId("client").value.trim() || null;
        if (chosen === client) return;
        alerts.clear();
        look(chosen);
    }, clientDebounceMilliseconds);
});

byId("entrance").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = byId("credential").value.trim();
    server.enter(hasKeys ? { key: text } : { name: text });
    byId("credential").value = "";
    begin();
});

byId("leave").addEventListener("click", () => {
    server.leave();
    say(byId("trouble"), null);
    askWho();
});

byId("again").addEventListener("click", begin);

server.onRefused = (error) => {
    server.leave();
    askWho(error.message);
};

begin();
