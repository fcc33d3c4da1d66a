// The levers call the control API, and show the state that it answers.
export function start(say) {
  const root = document.getElementById("levers");
  if (!root) return;
  const at = (id) => document.getElementById(id);

  async function call(method, path, body) {
    const response = await fetch(path, { method, body });
    const text = await response.text();
    const answer = text ? JSON.parse(text) : {};
    if (!response.ok) throw new Error(answer.error ?? response.status);
    return answer;
  }

  // act calls, shows the new state and says what has happened.
  async function act(method, path, body, done) {
    try {
      await call(method, path, body);
      await refresh();
      say(done);
    } catch (error) { say(error.message, true); }
  }

  function faultItem(fault) {
    const item = document.createElement("li");
    const text = document.createElement("span");
    const { id, route, fault: kind, ...more } = fault;
    const details = Object.entries(more).map(([name, value]) => `${name} ${value}`).join(", ");
    text.textContent = `${kind} on ${route === "*" ? "every route" : route}${details ? ` (${details})` : ""}`;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = "Remove";
    button.setAttribute("aria-label", `Remove ${text.textContent}`);
    button.addEventListener("click", () => act("DELETE", `/faults?id=${id}`, undefined, "The fault is removed."));
    item.append(text, button);
    return item;
  }

  async function refresh() {
    const [faults, clock, limit] = await Promise.all(["/faults", "/clock", "/rate-limit"].map((path) => call("GET", path)));
    const items = [...faults.queued, ...faults.rules].map(faultItem);
    if (items.length === 0) {
      items.push(Object.assign(document.createElement("li"), { textContent: "No fault waits." }));
    }
    at("faults").replaceChildren(...items);
    at("clock").textContent = clock.offset === "0s" ? `${clock.now.slice(0, 19)}Z, the present.` : `${clock.now.slice(0, 19)}Z, ${clock.offset} from now.`;
    at("limit").textContent = limit.per_second === 0 ? "No limit." : `${limit.per_second} per second, burst ${limit.burst}, reset ${limit.reset}.`;
  }

  function showParameters() {
    const chosen = at("fault-kind").selectedOptions[0].dataset;
    at("fault-does").textContent = chosen.does;
    const takes = chosen.takes.split(" ");
    for (const part of root.querySelectorAll("div[data-takes]")) {
      part.hidden = !takes.includes(part.dataset.takes);
      part.querySelector("input").disabled = part.hidden;
    }
  }
  at("fault-kind").addEventListener("input", showParameters);
  showParameters();

  const on = (id, action) => at(id).addEventListener("submit", (event) => {
    event.preventDefault();
    action(Object.fromEntries(new FormData(event.target)));
  });
  const numbers = ["status", "times", "probability", "per_second", "burst"];
  const toJSON = (fields) => JSON.stringify(Object.fromEntries(Object.entries(fields)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => [name, numbers.includes(name) ? Number(value) : value])));
  on("add-fault", (fields) => act("POST", "/faults", toJSON(fields), "The fault waits for its requests."));
  on("advance", ({ by }) => act("POST", "/clock", JSON.stringify({ advance: by }), "The clock has moved."));
  on("set-limit", (fields) => act("PUT", "/rate-limit", toJSON(fields), "The limit applies."));
  on("upload", ({ snapshot }) => act("PUT", "/snapshot", snapshot, "The tenant is the one of the snapshot."));
  for (const button of root.querySelectorAll("[data-call]")) {
    button.addEventListener("click", () => {
      const { call: what, body, sure, done } = button.dataset;
      if (!sure || confirm(sure)) act(...what.split(" "), body, done);
    });
  }
  refresh().catch((error) => say(error.message, true));
}
