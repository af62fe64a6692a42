// Times as the chat writes them: on a clock of 24 hours as a control room has it, against the clock of the world, and in the
// zone and language of the person whom the reader is.
import { now, me } from "./state.js";

const made = new Map();

// format gives a formatter of Intl for the reader; they are costly to make, so each is made once.
function format(options, locale = me()?.locale) {
  const key = [locale, zone(), JSON.stringify(options)].join("/");
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(locale || undefined, { ...options, timeZone: zone() || undefined }));
  return made.get(key);
}

const zones = new Map();

// zone is the reader's, or "" for one that this browser does not know.
function zone() {
  const name = me()?.zone || "";
  if (!zones.has(name)) zones.set(name, known(name));
  return zones.get(name);
}

function known(name) {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return name;
  } catch {
    return "";
  }
}

// cityOf is the short name of a zone: Shanghai for Asia/Shanghai.
export const cityOf = (name) => (name || "").split("/").pop().replaceAll("_", " ");
export const city = () => cityOf(zone());

// languageOf names a locale in its own words: 中文（中国）.
export function languageOf(locale) {
  try {
    return new Intl.DisplayNames([locale], { type: "language" }).of(locale);
  } catch {
    return locale || "";
  }
}

// wall are the numbers that a clock and a calendar on the reader's wall show.
function wall(d) {
  const parts = format({ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric", hourCycle: "h23" }, "en").formatToParts(d);
  return Object.fromEntries(parts.map((p) => [p.type, Number(p.value)]));
}

const asUTC = (w) => Date.UTC(w.year, w.month - 1, w.day, w.hour || 0, w.minute || 0, w.second || 0);

// moment is the unix time of "2026-11-22T20:00" on the reader's wall; twice, since the first guess may lie beyond a change of the clocks.
export function moment(local) {
  const want = Date.parse(local + "Z");
  let t = want;
  for (let i = 0; i < 2; i++) t += want - asUTC(wall(new Date(t)));
  return Math.floor(t / 1000);
}

// local is the way back: what a field for date and time shows.
export const local = (seconds) => new Date(asUTC(wall(new Date(seconds * 1000)))).toISOString().slice(0, 16);

function days(d) {
  const w = wall(d);
  return Date.UTC(w.year, w.month - 1, w.day) / 86400000;
}

const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
export const clock = (d) => format(CLOCK).format(d);
export const clockSeconds = (d) => format({ ...CLOCK, second: "2-digit" }).format(d);

const LONG = { weekday: "long", month: "long", day: "numeric", year: "numeric" };
const MIDDLE = { month: "long", day: "numeric", year: "numeric" };
const SHORT = { month: "short", day: "numeric", year: "numeric" };
const relative = (n, unit) => new Intl.RelativeTimeFormat(me()?.locale || undefined, { numeric: "auto" }).format(n, unit);

function near(d, otherwise) {
  const away = days(d) - days(new Date(now()));
  return Math.abs(away) <= 1 ? relative(away, "day") : format(otherwise).format(d);
}

function ago(d) {
  const s = Math.round((now() - d.getTime()) / 1000);
  const a = Math.abs(s);
  const [n, unit] = a < 60 ? [a, "second"] : a < 3600 ? [a / 60, "minute"] : a < 86400 ? [a / 3600, "hour"] : [a / 86400, "day"];
  return relative(-Math.sign(s) * Math.floor(n), unit);
}

const TOKENS = {
  date_num: (d) => new Date(asUTC(wall(d))).toISOString().slice(0, 10),
  date: (d) => format(MIDDLE).format(d),
  date_short: (d) => format(SHORT).format(d),
  date_long: (d) => format(LONG).format(d),
  date_long_full: (d) => format(LONG).format(d),
  date_pretty: (d) => near(d, MIDDLE),
  date_short_pretty: (d) => near(d, SHORT),
  date_long_pretty: (d) => near(d, LONG),
  day_divider_pretty: (d) => near(d, LONG),
  time: clock,
  time_secs: clockSeconds,
  ago,
};

// dateText fills a format such as "{date_short_pretty} {time_secs}" for a unix time in seconds.
export function dateText(seconds, pattern, fallback) {
  const d = new Date(Number(seconds) * 1000);
  if (Number.isNaN(d.getTime())) return fallback;
  return pattern.replace(/\{(\w+)\}/g, (all, token) => (TOKENS[token] ? TOKENS[token](d) : all));
}

export const dateOf = (d) => format(SHORT).format(d);
export const dayOf = (ts) => days(new Date(Number(ts) * 1000));
export const dayName = (ts) => {
  const text = near(new Date(Number(ts) * 1000), LONG);
  return text.charAt(0).toUpperCase() + text.slice(1);
};
export const fullTime = (ts) => {
  const d = new Date(Number(ts) * 1000);
  return Number.isNaN(d.getTime()) ? "" : format({ dateStyle: "full", timeStyle: "long" }).format(d);
};
