// Times as the chat writes them, on a clock of 24 hours as a control room has it, against the clock of the world and in the reader's own time zone.
import { now } from "./state.js";

const days = (d) => Math.round(new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime() / 86400000);
const format = (d, options) => d.toLocaleDateString(undefined, options);
export const clock = (d) => d.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const clockSeconds = (d) => d.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

const LONG = { weekday: "long", month: "long", day: "numeric", year: "numeric" };
const MIDDLE = { month: "long", day: "numeric", year: "numeric" };
const SHORT = { month: "short", day: "numeric", year: "numeric" };
const NEAR = { "-1": "yesterday", 0: "today", 1: "tomorrow" };

function near(d, otherwise) {
  return NEAR[days(d) - days(new Date(now()))] || format(d, otherwise);
}

function ago(d) {
  const s = Math.round((now() - d.getTime()) / 1000);
  const a = Math.abs(s);
  const [n, unit] = a < 60 ? [a, "second"] : a < 3600 ? [a / 60, "minute"] : a < 86400 ? [a / 3600, "hour"] : [a / 86400, "day"];
  return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(-Math.sign(s) * Math.floor(n), unit);
}

const TOKENS = {
  date_num: (d) => `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, "0")}-${String(d.getDate()).padStart(2, "0")}`,
  date: (d) => format(d, MIDDLE),
  date_short: (d) => format(d, SHORT),
  date_long: (d) => format(d, LONG),
  date_long_full: (d) => format(d, LONG),
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

export const dayOf = (ts) => days(new Date(Number(ts) * 1000));
export const dayName = (ts) => {
  const text = near(new Date(Number(ts) * 1000), LONG);
  return text.charAt(0).toUpperCase() + text.slice(1);
};
export const fullTime = (ts) => new Date(Number(ts) * 1000).toLocaleString(undefined, { hourCycle: "h23" });
