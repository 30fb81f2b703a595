// The one place that talks to the server; whatever goes wrong becomes a sentence.
export class Refused extends Error {}

export const get = (path, query = {}) => ask(`${path}?${new URLSearchParams(query)}`);

export const post = (path, data) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(data) });

// The same id again is the same request again: the server does nothing twice.
export const newId = () => [...crypto.getRandomValues(new Uint8Array(12))].map((n) => n.toString(36).padStart(2, "0")).join("");

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refused("Broadsheet does not answer. Is it still running?");
  }
  const data = await response.json().catch(() => null);
  if (!response.ok || data === null) throw new Refused(data?.error ?? "Broadsheet gave no answer that can be read.");
  return data;
}
