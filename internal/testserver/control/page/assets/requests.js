// The live log of requests. Every text is set as text, never as HTML.
import { follow } from "./news.js";

const most = 1000;

// visible makes control characters visible, as the server's pages do.
const visible = (text) => text.replace(
  /[\p{Cc}\p{Bidi_Control}]/gu, (char) => `\\u${char.codePointAt(0).toString(16).padStart(4, "0")}`,
);

function cell(text, name) {
  const made = document.createElement("td");
  made.textContent = visible(text);
  if (name) made.className = name;
  return made;
}

function rowOf(request) {
  const row = document.createElement("tr");
  const pending = request.duration_ms === null;
  const status = pending ? "in progress" : request.status === 0 ? "no reply" : String(request.status);
  const bad = !pending && (request.status === 0 || request.status >= 400);
  row.append(
    cell(String(request.number), "number"),
    cell(request.route || `${request.method} (no such route)`),
    cell(status, bad ? "bad" : pending ? "" : "good"),
    cell(pending ? "" : `${request.duration_ms.toFixed(1)} ms`, "time"),
    cell(request.client_id),
    cell(request.reason, "because"),
    cell(request.fault, request.fault ? "faulty" : ""),
  );
  return row;
}

export function start() {
  const body = document.getElementById("requests");
  if (!body) return;
  const form = document.querySelector("form[data-requests]");
  const summary = document.getElementById("summary");
  const known = new Map(); // By number: the request and its row.
  let waiting = []; // News that came while the log is paused.

  const shows = (request) => {
    const { route, status, client } = Object.fromEntries(new FormData(form));
    const text = (request.route || request.method).toLowerCase();
    if (!text.includes(route.trim().toLowerCase())) return false;
    if (!request.client_id.toLowerCase().includes(client.trim().toLowerCase())) return false;
    if (status === "fault") return request.fault !== "";
    if (status === "0") return request.status === 0 && request.duration_ms !== null;
    return status === "" || String(request.status).startsWith(status);
  };

  const tell = () => {
    const shown = [...known.values()].filter(({ row }) => !row.hidden).length;
    const paused = form.pause.checked ? `, paused (${waiting.reduce((n, one) => n + one.requests.length, 0)} more)` : "";
    summary.textContent = known.size === 0 ? "None yet." : `${shown} of ${known.size} shown${paused}.`;
  };

  const add = (news) => {
    for (const number of known.keys()) {
      if (number < news.oldest) remove(number);
    }
    const fresh = document.createDocumentFragment();
    for (const request of news.requests) {
      const row = rowOf(request);
      row.hidden = !shows(request);
      const before = known.get(request.number);
      known.set(request.number, { request, row });
      if (before) before.row.replaceWith(row);
      else fresh.prepend(row);
    }
    body.prepend(fresh);
    for (const number of known.keys()) {
      if (known.size <= most) break;
      remove(number);
    }
    tell();
  };

  const remove = (number) => {
    known.get(number).row.remove();
    known.delete(number);
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    if (!form.pause.checked) {
      waiting.forEach(add);
      waiting = [];
    }
    for (const { request, row } of known.values()) row.hidden = !shows(request);
    tell();
  });
  follow((news) => {
    if (form.pause.checked) {
      waiting.push(news);
      tell();
    } else add(news);
  }, {
    away: (gone) => {
      if (gone) summary.textContent = "The server does not answer. Trying again…";
      else tell();
    },
  });
  tell();
}
