// What the page's modules share: its words, small ways to build elements, and how days are said.

export const words = JSON.parse(document.body.dataset.words);
export const known = JSON.parse(document.body.dataset.known);
export const language = document.body.dataset.language;

const NOTICE_STAYS = 8000;

export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// A button keeps its key when what it stands in is drawn anew, and with it the focus.
export function button(className, text, key, act) {
  const made = element("button", className, text);
  made.type = "button";
  made.dataset.key = key;
  made.addEventListener("click", act);
  return made;
}

// What has not changed stays as it is, so that nobody who reads or fills it in is disturbed. If what had the focus is
// gone, its successor of the same key gets it, or `otherwise`.
const drawn = new WeakMap();

export function redraw(root, parts, otherwise) {
  const before = new Map([...root.children].map((part) => [drawn.get(part), part]));
  const after = parts.map((part) => {
    const looks = part.outerHTML;
    const same = before.get(looks);
    before.delete(looks);
    if (!same) drawn.set(part, looks);
    return same ?? part;
  });
  if (after.length === root.children.length && after.every((part, place) => part === root.children[place])) return;
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  root.replaceChildren(...after);
  if (!focused) return;
  const next = focused.isConnected
    ? focused
    : all("[data-key]", root).find((part) => part.dataset.key === focused.dataset.key);
  (next ?? otherwise)?.focus({ preventScroll: true });
}

export async function ask(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

let noticed = 0;

export function notice(text) {
  one("[data-notice]").textContent = text;
  clearTimeout(noticed);
  if (text) noticed = setTimeout(() => notice(""), NOTICE_STAYS);
}

// ---- days: written as they come, always with the time of Kazakhstan ----

export function spokenDay(written) {
  const [, month, day] = written.slice(0, 10).split("-").map(Number);
  return fill(words["esobes.day"], { day, month: known.months[month - 1] });
}

export function spokenWeekday(written) {
  const number = new Date(`${written.slice(0, 10)}T00:00Z`).getUTCDay();
  return fill(words["esobes.weekday"], { day: spokenDay(written), weekday: known.weekdays[(number + 6) % 7] });
}

export function spokenMoment(written) {
  return fill(words["esobes.moment"], { day: spokenDay(written), time: written.slice(11, 16) });
}

export function daysLater(written, days) {
  const day = new Date(`${written.slice(0, 10)}T00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}

// As the calendar has it: a month after the 31st may end sooner.
export function monthsLater(written, months) {
  const [year, month, day] = written.slice(0, 10).split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, last))).toISOString().slice(0, 10);
}

const counting = new Intl.PluralRules(language);

export function spokenAge(birth, now) {
  const before = now.slice(5, 10) < birth.slice(5, 10) ? 1 : 0;
  const count = Number(now.slice(0, 4)) - Number(birth.slice(0, 4)) - before;
  return fill(words[`esobes.age.${counting.select(count)}`] ?? words["esobes.age.many"], { count });
}
