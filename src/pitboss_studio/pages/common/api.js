// Talks to the studio. A lost connection is retried with the same request, which the studio answers with the same round.

const session = location.pathname.split("/").pop();
const base = `/api/${session}`;
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

export class Refused extends Error {
  constructor(status, error) {
    super(error.message || "Something went wrong.");
    this.status = status;
    this.code = error.code;
  }
}

async function once(path, body) {
  const options = body === undefined ? {} : { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  const response = await fetch(base + path, { ...options, cache: "no-store" });
  const answer = await response.json();
  if (!response.ok) throw new Refused(response.status, answer.error || {});
  return answer;
}

// Refusals are thrown at once; anything else is a connection, and is tried again until it heals.
export async function call(path, body, onLost = () => {}) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await once(path, body);
    } catch (error) {
      if (error instanceof Refused && error.status < 500) throw error;
      onLost(true);
      await wait(Math.min(5000, 400 * 2 ** attempt));
    }
  }
}

// `onConnected()` once events are being heard, again after every loss: what happened before was told to nobody.
export function listen(handlers, onLost, onConnected) {
  const source = new EventSource(`${base}/events`);
  let lastHeard = Date.now();
  let connected = false;
  const heard = () => { lastHeard = Date.now(); onLost(false); };
  source.addEventListener("heartbeat", () => {
    heard();
    if (!connected) onConnected();
    connected = true;
  });
  source.onerror = () => {
    connected = false;
    onLost(true);
  };
  for (const [kind, handler] of Object.entries(handlers)) {
    source.addEventListener(kind, (event) => { heard(); handler(JSON.parse(event.data)); });
  }
  // A connection that died without saying so shows by its silence.
  const watch = setInterval(() => { if (Date.now() - lastHeard > 25000) onLost(true); }, 5000);
  return () => { clearInterval(watch); source.close(); };
}

export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
