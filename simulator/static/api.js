// Talks to the simulator's control API; every refusal becomes an Error with one clear line.

const base = "/simulator";

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(base + path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Error("The simulator does not answer. Is it still running?");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `The simulator answered ${response.status}.`);
  return answer;
}

export class Api {
  constructor(phone) {
    this.root = `/phones/${encodeURIComponent(phone)}`;
    this.phone = phone;
  }

  send(what) {
    return call("POST", `${this.root}/messages`, what);
  }

  thread() {
    return call("GET", `${this.root}/messages`);
  }

  read() {
    return call("POST", `${this.root}/read`);
  }

  phones() {
    return call("GET", "/phones");
  }

  calls() {
    return call("GET", `/webhooks?phone=${encodeURIComponent(this.phone)}`);
  }

  advance(seconds) {
    return call("POST", "/clock", { advance_seconds: seconds });
  }

  faults() {
    return call("GET", "/faults");
  }

  setFaults(faults) {
    return faults ? call("POST", "/faults", faults) : call("DELETE", "/faults");
  }

  events() {
    return new EventSource(`${base}${this.root}/events`);
  }
}
