// What all views share. Without JavaScript, links and forms work as well, except for the live parts.
import { follow } from "./news.js";
import { start as startLevers } from "./levers.js";
import { start as startRequests } from "./requests.js";

// Only answers of this server become HTML, and its templates escape every text of the tenant.
const html = globalThis.trustedTypes
  ? trustedTypes.createPolicy("page", { createHTML: (text) => text })
  : { createHTML: (text) => text };

const said = document.getElementById("said");

function say(text, failed = false) {
  said.textContent = text;
  said.classList.toggle("failed", failed);
}

// swap puts the part "answer" of another answer in the place of the present one. Nothing moves if it
// is the same; what is open stays open, and the focus stays where it is.
function swap(text) {
  const fresh = new DOMParser().parseFromString(html.createHTML(text), "text/html").getElementById("answer");
  const old = document.getElementById("answer");
  if (!fresh || fresh.innerHTML === old.dataset.text) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const open = [...old.querySelectorAll("details[open]")].map((one) => one.dataset.key);
  const kept = old.querySelector("[data-keep]");
  const place = kept ? [kept.scrollLeft, kept.scrollTop, document.activeElement === kept] : null;
  const next = document.importNode(fresh, true);
  next.dataset.text = fresh.innerHTML;
  for (const one of next.querySelectorAll("details")) one.open = open.includes(one.dataset.key);
  old.replaceWith(next);
  const scroll = next.querySelector("[data-keep]");
  if (scroll && place) {
    [scroll.scrollLeft, scroll.scrollTop] = place;
    if (place[2]) scroll.focus({ preventScroll: true });
  }
  if (focused) next.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

let latest = 0;

async function load(address, options) {
  const turn = ++latest;
  const response = await fetch(address, options);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  if (turn === latest) swap(text);
}

const failed = (error) => say(`The server did not answer: ${error.message}`, true);

const answer = document.getElementById("answer");
if (answer) answer.dataset.text = answer.innerHTML;

// A filter applies while somebody types.
for (const form of document.querySelectorAll("form[data-auto]")) {
  let timer;
  const apply = () => {
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    const address = `${form.getAttribute("action")}?${query}`;
    history.replaceState(null, "", address);
    load(address).catch(failed);
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); apply(); });
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(apply, 200); });
}

// The answer to a question appears beside the form.
for (const form of document.querySelectorAll("form[data-swap]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await load(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(new FormData(form)) });
      const verdict = document.querySelector("#answer .verdict");
      verdict?.focus();
    } catch (error) { failed(error); }
  });
}

// A click on an empty cell asks why there is no access. With the keyboard, the view Why does.
document.addEventListener("click", (event) => {
  const empty = event.target.closest(".matrix td:empty");
  const client = empty?.parentElement.dataset.client;
  if (!client) return;
  const api = empty.closest("table").tHead.rows[0].cells[empty.cellIndex].dataset.api;
  location.assign(`/page/why?${new URLSearchParams({ client_id: client, audience: api })}`);
});

// The table of access follows what clients write.
if (document.querySelector("[data-live]")) {
  const refresh = () => load(location.href).catch(() => {});
  follow((news) => {
    const write = news.requests.some((one) => one.method !== "GET" && one.method !== "HEAD");
    if (write || news.requests.length === 0) refresh();
  }, { last: Number(document.body.dataset.last) });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
}

// Secrets are masked until somebody asks for them.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveal]");
  if (!button) return;
  const field = document.getElementById(button.dataset.reveal);
  const hidden = field.type === "password";
  field.type = hidden ? "text" : "password";
  button.textContent = hidden ? "Hide" : "Show";
  button.setAttribute("aria-pressed", String(hidden));
});

startRequests();
startLevers(say);
