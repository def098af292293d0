// The simulator's page: two phones of one person, fed by one live stream, a clock, and E-Sobes beside them.
// Whatever people or the assistant wrote goes into the page as text, never as markup.

import { Esobes } from "./esobes.js";
import { all, ask, element, fill, language, notice, one, words } from "./parts.js";

const narrow = matchMedia("(max-width: 48rem)");
const folding = matchMedia("(max-width: 76rem)");
const WAIT_BEFORE_RECONNECTING = 2000;
const MARGIN_ABOVE = 8;
const BUTTONS_IN_A_ROW = 5;
const LETTERS_IN_A_ROW = 22;

// ---- messages ----

const TICKS = { received: "✓", delivered: "✓✓" };

function tick(status) {
  const mark = element("span", "tick", TICKS[status]);
  mark.setAttribute("aria-hidden", "true");
  const told = words[`status.${status}`];
  const whole = element("span");
  whole.title = told;
  whole.append(mark, element("span", "hidden", told));
  return whole;
}

// Short buttons share a row, as they do in Telegram, and those that name the same one.
function rows(buttons) {
  const found = [];
  for (const button of buttons) {
    const row = found.at(-1);
    if (row && beside(row, button)) row.push(button);
    else found.push([button]);
  }
  return found;
}

function beside(row, button) {
  if (row[0].row || button.row) return row[0].row === button.row;
  const letters = row.reduce((sum, other) => sum + other.label.length, button.label.length);
  return row.length < BUTTONS_IN_A_ROW && letters <= LETTERS_IN_A_ROW;
}

class Phone {
  constructor(root) {
    this.root = root;
    this.surface = root.dataset.surface;
    this.log = one(".log", root);
    this.list = one("ol", this.log);
    this.field = one("textarea", root);
    this.trouble = one("[data-trouble]", root);
    this.share = one("[data-share]", root);
    this.unread = one(`[data-tab="${this.surface}"] [data-unread]`);
    this.messages = new Map();

    one("[data-write]", root).addEventListener("submit", (event) => {
      event.preventDefault();
      this.write();
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.write();
    });
  }

  async write() {
    const text = this.field.value.trim();
    if (!text) return;
    this.field.value = "";
    if (!(await this.send({ text }))) this.field.value ||= text;
  }

  async send(what) {
    this.trouble.textContent = "";
    try {
      await ask("POST", `/sandbox/${this.path}`, { ...this.sender(), ...what });
      return true;
    } catch {
      this.trouble.textContent = words.failed;
      return false;
    }
  }

  // The whole history: after loading, after a restart of the server, after forgetting.
  replace(messages) {
    const kept = new Set(messages.map((message) => message.number));
    for (const [number, item] of this.messages) {
      if (!kept.has(number)) {
        item.remove();
        this.messages.delete(number);
      }
    }
    for (const message of messages) this.put(message, false);
    this.scrollToEnd("instant");
  }

  put(message, fresh) {
    const old = this.messages.get(message.number);
    if (old) message = { ...message, time: old.dataset.time, day: old.dataset.day };
    const seen = JSON.stringify(message);
    if (old?.dataset.seen === seen) return;
    const item = this.draw(message);
    item.dataset.seen = seen;
    this.messages.set(message.number, item);
    if (old) {
      const pressed = all("button", old).indexOf(document.activeElement);
      old.replaceWith(item);
      if (pressed >= 0) (all("button", item)[pressed] ?? this.field).focus();
    } else {
      const later = [...this.list.children].find((other) => Number(other.dataset.number) > message.number);
      this.list.insertBefore(item, later ?? null);
      item.classList.toggle("fresh", fresh);
      if (fresh && message.direction === "out") this.count();
    }
    this.markDays();
    if (this.share) this.share.hidden = !this.lastAsksContact();
    if (fresh && !old) this.reveal(item); // last: the button that shares a number takes room from the log
  }

  draw(message) {
    const item = element("li", `message ${message.direction}`);
    item.dataset.number = message.number;
    item.dataset.day = message.day;
    item.dataset.time = message.time;
    item.dataset.asksContact = String(Boolean(message.ask_contact));
    const bubble = element("div", "bubble");
    if (message.file) bubble.append(this.file(message.file));
    bubble.append(element("p", "words", message.text), this.meta(message));
    item.append(element("p", "day", message.day), bubble);
    if (message.buttons?.length) item.append(this.choices(message));
    return item;
  }

  file({ name, url }) {
    const link = element("a", "file", name);
    link.href = url;
    link.download = name;
    return link;
  }

  meta(message) {
    const line = element("p", "meta");
    if (message.parts) line.append(element("span", "", fill(words.count, message)));
    line.append(element("span", "", message.time));
    if (this.showsTick(message)) line.append(tick(message.status));
    return line;
  }

  choices(message) {
    const all = element("div", "choices");
    for (const row of rows(message.buttons)) {
      const line = element("div", row[0].row ? "choice-row even" : "choice-row");
      for (const button of row) {
        const made = element("button", "", button.label);
        made.type = "button";
        made.addEventListener("click", () => this.send({ choice: button.id, message: message.number }));
        line.append(made);
      }
      all.append(line);
    }
    return all;
  }

  lastAsksContact() {
    return this.list.lastElementChild?.dataset.asksContact === "true";
  }

  markDays() {
    let before = "";
    for (const item of this.list.children) {
      item.classList.toggle("first-of-day", item.dataset.day !== before);
      before = item.dataset.day;
    }
  }

  // To the end, unless that would hide where the message begins.
  reveal(item) {
    const end = this.log.scrollHeight - this.log.clientHeight;
    this.log.scrollTo({ top: Math.min(end, item.offsetTop - MARGIN_ABOVE) });
  }

  scrollToEnd(behavior = "auto") {
    this.log.scrollTo({ top: this.log.scrollHeight, behavior });
  }

  // On a narrow screen the other phone is out of sight: its tab says how much has come.
  count() {
    if (!narrow.matches || one(".stage").dataset.shown === this.surface) return;
    const number = Number(this.unread.dataset.number ?? 0) + 1;
    this.unread.dataset.number = String(number);
    this.unread.replaceChildren(
      element("span", "hidden", fill(words.unread, { count: number })),
      document.createTextNode(String(number)),
    );
    this.unread.firstChild.nextSibling.ariaHidden = "true";
    this.unread.hidden = false;
  }

  shown() {
    this.unread.hidden = true;
    delete this.unread.dataset.number;
    this.scrollToEnd("instant");
  }
}

class SmsPhone extends Phone {
  path = "sms";
  sender = () => ({ from: citizen.phone });
  showsTick = () => true;

  constructor(root) {
    super(root);
    one("[data-send]", root).addEventListener("click", () => this.write());
    one("[data-erase]", root).addEventListener("click", () => {
      this.field.value = [...this.field.value].slice(0, -1).join("");
    });
    for (const key of all("[data-key]", root)) {
      key.addEventListener("click", () => {
        this.field.value += key.dataset.key;
      });
    }
    this.power = one("[data-power]", root);
    this.power.addEventListener("click", () => this.turn(!this.off));
    one("[data-turn-on]", root).addEventListener("click", async () => {
      await this.turn(false);
      this.field.focus();
    });
    for (const key of all("[data-scroll]", root)) {
      key.addEventListener("click", () => {
        this.log.scrollBy({ top: Number(key.dataset.scroll) * this.log.clientHeight * 0.7 });
      });
    }
  }

  async turn(off) {
    try {
      await ask("PUT", "/sandbox/page/power", { phone: citizen.phone, off });
      this.showPower(off);
      if (off) one("[data-turn-on]", this.root).focus();
    } catch {
      notice(words.failed);
    }
  }

  showPower(off) {
    this.off = off;
    const label = off ? words["sms.turn_on"] : words["sms.turn_off"];
    this.power.setAttribute("aria-pressed", String(off));
    this.power.title = label;
    this.power.ariaLabel = label;
    one("[data-dark]", this.root).hidden = !off;
    for (const part of [this.log, one(".write", this.root), one(".soft", this.root), one(".keys", this.root)]) {
      part.inert = off;
    }
  }
}

class ChatPhone extends Phone {
  path = "telegram";
  sender = () => ({ user: citizen.user });
  showsTick = (message) => message.direction === "in";

  constructor(root) {
    super(root);
    one("[data-begin]", root).addEventListener("click", async () => {
      await this.send({ text: "/start" });
      this.field.focus();
    });
    for (const button of all("[data-contact]", root)) {
      button.addEventListener("click", async () => {
        await this.send({ contact: citizen.phone });
        this.field.focus();
      });
    }
  }
}

// ---- the person who plays ----

const RECENT = "kelisim.citizens";
const PHONE = /^\+[1-9]\d{7,14}$/;
const USER = /^[A-Za-z0-9_-]{1,64}$/;

const citizen = {
  form: one("[data-citizen-form]"),
  phone: "",
  user: "",

  // `person`: whom E-Sobes shows beside; it stays if nothing is said.
  play({ phone = this.phone, user = this.user, person = esobes.chosen }) {
    const same = phone === this.phone && user === this.user;
    this.phone = phone;
    this.user = user;
    this.form.elements.phone.value = phone;
    this.form.elements.user.value = user;
    const here = new URLSearchParams({ lang: language, phone, user, ...(person && { person }) });
    history.replaceState(null, "", `?${here}`);
    for (const link of all(".languages a")) {
      here.set("lang", link.hreflang);
      link.href = `?${here}`;
    }
    for (const place of all("[data-own]")) place.textContent = place.closest(".sms") ? phone : user;
    this.remember();
    if (!same) live.open();
  },

  remember() {
    const recent = this.recent().filter((one) => one.phone !== this.phone);
    recent.unshift({ phone: this.phone, user: this.user });
    localStorage.setItem(RECENT, JSON.stringify(recent.slice(0, 12)));
    one("#earlier").replaceChildren(
      ...recent.map(({ phone, user }) => {
        const option = element("option", "", user);
        option.value = phone;
        return option;
      }),
    );
  },

  recent() {
    try {
      const kept = JSON.parse(localStorage.getItem(RECENT) ?? "[]");
      return Array.isArray(kept) ? kept.filter((one) => PHONE.test(one?.phone) && USER.test(one?.user)) : [];
    } catch {
      return [];
    }
  },

  invent() {
    const digits = Array.from(crypto.getRandomValues(new Uint8Array(7)), (byte) => byte % 10).join("");
    this.play({ phone: `+7700${digits}`, user: `citizen-${digits.slice(-4)}` });
    notice("");
  },
};

citizen.form.addEventListener("submit", (event) => {
  event.preventDefault();
  const phone = citizen.form.elements.phone.value.replace(/[\s()-]/g, "");
  const user = citizen.form.elements.user.value.trim();
  if (!PHONE.test(phone) || !USER.test(user)) return notice(words.wrong);
  notice("");
  citizen.play({ phone, user });
});

// A phone chosen from the earlier ones brings its chat name along.
citizen.form.elements.phone.addEventListener("input", ({ target }) => {
  const known = citizen.recent().find((one) => one.phone === target.value);
  if (known) citizen.form.elements.user.value = known.user;
});

one("[data-citizen-new]").addEventListener("click", () => citizen.invent());
one("[data-citizen-restart]").addEventListener("click", async () => {
  try {
    await ask("POST", "/sandbox/page/restart", { phone: citizen.phone, user: citizen.user });
    notice(words.restarted);
    live.open();
  } catch {
    notice(words.failed);
  }
});

// ---- the clock ----

const clock = {
  card: one(".clock"),

  show({ time, day, moved, soonest, suggested }) {
    for (const place of all('[data-clock="time"]')) place.textContent = time;
    one('[data-clock="day"]').textContent = day;
    one('[data-clock="kind"]').textContent = moved ? words.moved : words.real;
    this.card.classList.toggle("moved", moved);
    one("[data-clock-back]").disabled = !moved;
    const field = one("[data-clock-form]").elements.moment;
    field.min = soonest;
    if (field !== document.activeElement && (!field.value || field.value < soonest)) field.value = suggested;
  },

  async turn(body) {
    try {
      const now = await ask("POST", `/sandbox/page/clock?lang=${language}`, body);
      this.show(now);
      notice(fill(words.done, now));
      esobes.soon();
    } catch (error) {
      notice(error.message === "409" ? words.refused : words.failed);
    }
  },
};

for (const button of all("[data-forward]")) {
  button.addEventListener("click", () => clock.turn({ forward: button.dataset.forward }));
}
one("[data-clock-form]").addEventListener("submit", (event) => {
  event.preventDefault();
  clock.turn({ to: event.target.elements.moment.value });
});
one("[data-clock-back]").addEventListener("click", () => clock.turn({ back: true }));

// ---- the live stream ----

const esobes = new Esobes({ open: (who) => citizen.play(who), turn: (hands) => clock.turn(hands) });

const phones = {
  sms: new SmsPhone(one("#sms")),
  chat: new ChatPhone(one("#chat")),
};

const live = {
  stream: null,
  again: 0,

  open() {
    clearTimeout(this.again);
    this.stream?.close();
    const { phone, user } = citizen;
    const stream = new EventSource(`/sandbox/stream?${new URLSearchParams({ lang: language, phone, user })}`);
    this.stream = stream;
    const on = (name, act) => stream.addEventListener(name, (event) => act(JSON.parse(event.data)));
    on("history", ({ surface, messages, off }) => {
      phones[surface].replace(messages);
      if (surface === "sms") phones.sms.showPower(off);
    });
    on("message", (message) => {
      phones[message.surface].put(message, true);
      esobes.soon();
    });
    // The time comes every few seconds: often enough to look at E-Sobes as well.
    on("clock", (now) => {
      clock.show(now);
      if (!document.hidden) esobes.soon();
    });
    stream.onopen = () => {
      one("[data-offline]").hidden = true;
    };
    stream.onerror = () => {
      one("[data-offline]").hidden = false;
      // The browser tries again by itself unless it was answered with an error.
      if (stream.readyState === EventSource.CLOSED) {
        this.again = setTimeout(() => this.open(), WAIT_BEFORE_RECONNECTING);
      }
    };
  },
};

// ---- tabs on a narrow screen ----

const tabs = all("[data-tab]");

function choose(tab, focus) {
  for (const other of tabs) {
    other.setAttribute("aria-selected", String(other === tab));
    other.tabIndex = other === tab ? 0 : -1;
  }
  one(".stage").dataset.shown = tab.dataset.tab;
  phones[tab.dataset.tab]?.shown();
  if (focus) tab.focus();
}

for (const tab of tabs) {
  tab.addEventListener("click", () => choose(tab, false));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const there = tabs.filter((one) => !one.hidden);
    if (step) choose(there.at((there.indexOf(tab) + step) % there.length), true);
  });
}

function fitPanel() {
  one("#panel").open = !folding.matches;
}
folding.addEventListener("change", fitPanel);
fitPanel();

esobes.chosen = new URLSearchParams(location.search).get("person") ?? "";
citizen.play({ phone: citizen.form.elements.phone.value, user: citizen.form.elements.user.value });
