// What the page knows: the last answer of the server, and where this reader is.
// Where the reader is lives in the address (#C0SHOW/U0ANA), so a link or a reload comes back to the same place.

export const world = { view: null, fetched: 0 };
export const place = { as: "U0ANA", channel: "C0SHOW", app: "home", tab: "chat", threads: new Set() };
const seen = new Map();

export function accept(view, fetched) {
  world.view = view;
  world.fetched = fetched;
}

// now is the clock of the world in milliseconds, running on between two answers.
export function now() {
  return world.view ? world.view.clock.now + (performance.now() - world.fetched) * world.view.clock.speed : Date.now();
}

export function readAddress() {
  const [channel, as] = location.hash.slice(1).split("/");
  if (channel) place.channel = channel;
  if (as) place.as = as;
}

export function writeAddress() {
  history.replaceState(null, "", `#${place.channel}/${place.as}`);
}

const find = (list, id) => (list || []).find((x) => x.id === id);
export const person = (id) => find(world.view?.people, id);
export const channel = (id) => find(world.view?.channels, id);
export const group = (id) => find(world.view?.groups, id);
export const me = () => person(place.as);
export const here = () => channel(place.channel);
export const messagesOf = (id) => world.view?.messages[id] || [];
export const inApp = () => place.channel === "APP";

// dm is the conversation of this person with the bot, when one is open.
export const dm = () => (world.view?.channels || []).find((c) => c.dm);

// shown is the id of the channel whose messages are in the middle of the page, or "" for a home tab.
export function shown() {
  if (!inApp()) return place.channel;
  return place.app === "messages" && dm() ? dm().id : "";
}

const newest = (id) => messagesOf(id).reduce((max, m) => (m.order > max ? m.order : max), 0);
const mark = (id) => `${place.as}/${id}`;

export function readHere() {
  const id = shown();
  if (id && !document.hidden) seen.set(mark(id), newest(id));
}

const known = new Set();

// met ends the first look at the world as this person: a channel that appears after it is new to them.
export const met = () => known.add(place.as);

// unread is what came since this person last looked, as Slack tells it: fresh, when anything was said in the channel
// itself, and count, what is meant for this person: a mention, or anything in their own conversation with the bot. A
// channel that was there at their first look starts as read.
export function unread(id) {
  const k = mark(id);
  if (!seen.has(k)) seen.set(k, known.has(place.as) ? 0 : newest(id));
  const since = messagesOf(id).filter((m) => m.order > seen.get(k) && m.user !== place.as);
  const mine = channel(id)?.dm ? since : since.filter(names);
  return { count: mine.length, fresh: mine.length > 0 || since.some((m) => !m.thread || m.thread === m.ts) };
}

// names says whether a message mentions this person: alone, with a group of theirs, or with everybody.
function names(m) {
  const text = m.text + JSON.stringify(m.blocks || "") + JSON.stringify(m.attachments || "");
  const mine = (world.view?.groups || []).filter((g) => g.members.includes(place.as)).map((g) => `!subteam^${g.id}`);
  const all = ["!here", "!channel", "!everyone"].map((x) => `<${x}`);
  return [`<@${place.as}`, `"user_id":"${place.as}"`, ...mine, ...all].some((x) => text.includes(x));
}

// settle moves the reader to a channel that this person can see.
export function settle() {
  const view = world.view;
  if (!person(place.as)) place.as = view.people.find((p) => !p.bot).id;
  if (!inApp() && !here()) place.channel = view.channels.find((c) => !c.dm)?.id || "APP";
}
