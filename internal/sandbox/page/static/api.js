// Talking to the server of this page. Every write is JSON to the same origin; errors become text for people.
import { place } from "./state.js";

let tell = () => {};
export const onError = (f) => (tell = f);

export async function state() {
  const answer = await fetch("api/state?as=" + encodeURIComponent(place.as), { cache: "no-store" });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

export async function post(path, body) {
  try {
    const answer = await fetch("api/" + path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ as: place.as, ...body }),
    });
    const data = await answer.json().catch(() => ({ error: "the answer was not JSON" }));
    if (!answer.ok) tell(data.error || "that did not work");
    return { ...data, ok: answer.ok && !data.failed };
  } catch {
    tell("The sandbox does not answer. Is it still running?");
    return { ok: false };
  }
}

// listen calls changed after every tick of the world, and link with true or false as the line comes and goes.
export function listen(changed, link) {
  const source = new EventSource("api/events");
  source.addEventListener("changed", changed);
  source.addEventListener("open", () => link(true));
  source.addEventListener("error", () => link(false));
}
