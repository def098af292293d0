// E-Sobes on the simulator's page: who lives in the district, what E-Sobes was told, and what still waits for it.

import { Dossier } from "./dossier.js";
import { all, ask, button, element, fill, notice, one, redraw, spokenAge, spokenMoment, spokenWeekday, words } from "./parts.js";
import { cases, pill, serviceName } from "./cases.js";
import { placeName } from "./duties.js";
import { left } from "./office.js";

const HOME = "/sandbox/page/esobes";
const SOON = 200;

export class Esobes {
  constructor({ open, turn }) {
    this.root = one("#esobes");
    this.open = open;
    this.switch = one("[data-away]", this.root);
    this.dossier = new Dossier(one("[data-dossier]", this.root), {
      press: (event) => this.press(event),
      open: (person, phone) => this.play(person, phone),
      show: (name) => this.choose(name),
      turn,
    });
    this.chosen = "";
    this.switch.addEventListener("click", () => this.go(this.switch.getAttribute("aria-checked") !== "true"));
    one("[data-back]", this.root).addEventListener("click", () => this.everybody());
  }

  // Many things may happen at once: one look is enough for all of them.
  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), SOON);
  }

  async refresh() {
    if (this.absent) return;
    const answer = await fetch(HOME).catch(() => null);
    if (!answer) return; // the page says by itself that the connection is broken
    if (answer.status === 404) this.absent = true; // another E-Sobes is at work, one that we do not play
    if (answer.ok) this.show(await answer.json());
  }

  show(held) {
    this.held = held;
    if (this.root.hidden) {
      for (const place of [this.root, one("#tab-esobes")]) place.hidden = false;
      if (this.person(this.chosen)) this.choose(this.chosen, { quietly: true });
    }
    this.switch.setAttribute("aria-checked", String(held.away));
    one("[data-gone]", this.root).hidden = !held.away;
    this.drawPeople();
    this.drawRelays();
    this.drawWaiting();
    this.drawOffice();
    const person = this.person(this.chosen);
    if (person) this.dossier.show(person, held);
  }

  person(name) {
    return this.held?.people.find((one) => one.id === name);
  }

  // ---- the people ----

  drawPeople() {
    const rows = this.held.people.map((person) => {
      const row = button("person", undefined, `person-${person.id}`, () => this.choose(person.id));
      const who = element("span", "who");
      const facts = [spokenAge(person.birth_date, this.held.now), words[`esobes.language.${person.language}`]];
      const guardian = this.person(person.guardian);
      if (guardian) facts.push(fill(words["esobes.row.guardian"], { name: guardian.name.split(" ")[1] }));
      if (!person.phones.length) facts.push(words["esobes.row.no_phone"]);
      who.append(element("strong", "", person.name), element("span", "", facts.join(", ")));
      row.append(who);
      const [latest] = cases(person);
      if (latest) row.append(pill(latest));
      const item = element("li");
      item.append(row);
      return item;
    });
    redraw(one("[data-people]", this.root), rows);
  }

  choose(name, { quietly = false } = {}) {
    this.chosen = name;
    const person = this.person(name);
    if (!person) return;
    one("[data-everybody]", this.root).hidden = true;
    one("[data-dossier]", this.root).hidden = false;
    this.dossier.show(person, this.held);
    if (quietly) return;
    this.play(person, person.phones[0]);
    this.dossier.focus();
  }

  play(person, phone) {
    this.open({ phone, user: person.guardian ?? person.id, person: person.id });
    this.dossier.mark(phone);
  }

  everybody() {
    const before = this.chosen;
    this.chosen = "";
    one("[data-dossier]", this.root).hidden = true;
    one("[data-everybody]", this.root).hidden = false;
    this.open({ person: "" });
    all("[data-key]", this.root).find((part) => part.dataset.key === `person-${before}`)?.focus();
  }

  // ---- what E-Sobes was told, and was not ----

  subject(name) {
    const [kind, , service] = name.split(":"); // a wish belongs to no offer: request:{person}:{service}
    if (kind === "request" && service) return { person: words["esobes.relays.request"], service: serviceName(service) };
    const invitation = name.replace(/^\.?invitation:/, "");
    for (const person of this.held.people) {
      const found = person.offers.find((one) => one.id === name);
      if (found) return { person: person.name, service: serviceName(found.service) };
      const invited = person.invitations.find((one) => one.id === invitation);
      if (invited) return { person: person.name, service: placeName(this.held, invited.organisation) };
    }
    return { person: "", service: "" };
  }

  drawRelays() {
    const { relays } = this.held;
    redraw(one("[data-relays]", this.root), relays.map((relay) => this.relay(relay)));
    one("[data-no-relays]", this.root).hidden = relays.length > 0;
  }

  relay({ at, path, key, status, body }) {
    const item = element("li");
    const [, kind, name] = /^\/(offers|invitations)\/(.+)\/[a-z]+$/.exec(path) ?? [];
    const whose = name
      ? this.subject(decodeURIComponent(name))
      : { person: this.held.people.find((one) => one.iin === body.iin)?.name ?? "", service: serviceName(body.service) };
    const head = element("p", "top-line");
    head.append(element("strong", "", whose.person), this.sort(kind, key, body));
    item.append(head, element("p", "", whose.service));
    const said = body.note ?? body.text;
    if (said) item.append(element("p", "said", `«${said}»`));
    if (kind === "invitations") item.append(element("p", "said", this.wanted(body)));
    const times = fill(words["esobes.relays.times"], { at: spokenMoment(body.at), came: spokenMoment(at) });
    item.append(element("p", "note", times));
    if (status >= 400) item.append(element("p", "alarm", fill(words["esobes.relays.refused"], { status })));
    return item;
  }

  sort(kind, key, { answer }) {
    if (kind === "invitations") return element("span", "pill going", words["esobes.relays.postponement"]);
    if (answer) return element("span", `pill ${answer}`, words[`esobes.state.${answer}`]);
    const spoken = key.startsWith("request:") ? words["esobes.relays.request"] : words["esobes.relays.note"];
    return element("span", "pill note", spoken);
  }

  wanted({ arrive_by: day, reason }) {
    const why = words[`esobes.relays.${reason}`] ?? reason;
    return fill(words["esobes.relays.until"], { day: spokenWeekday(day), reason: why });
  }

  drawWaiting() {
    const { waiting, refused } = this.held;
    const box = one("[data-waiting]", this.root);
    box.hidden = !waiting.count && !refused.length;
    const parts = [];
    if (waiting.count) parts.push(element("strong", "", fill(words["esobes.waiting"], { number: waiting.count })));
    for (const { offer, since } of waiting.first) {
      parts.push(this.stuck(offer, fill(words["esobes.waiting.since"], { since: spokenMoment(since) })));
    }
    for (const { offer, status, held } of refused) {
      const why = fill(words["esobes.relays.refused"], { status });
      const instead = held ? ` ${fill(words["esobes.relays.held"], { held: words[`esobes.state.${held}`] ?? held })}` : "";
      parts.push(this.stuck(offer, `${why}.${instead}`));
    }
    redraw(box, parts);
  }

  stuck(offer, why) {
    const { person, service } = this.subject(offer);
    const line = element("p", "", [person, service].filter(Boolean).join(": "));
    line.append(element("small", "", why));
    return line;
  }

  drawOffice() {
    const { office } = this.held;
    redraw(one("[data-notes]", this.root), office.map(left));
    one("[data-office]", this.root).hidden = !office.length;
  }

  // ---- the buttons ----

  async press(event) {
    await this.tell(async () => {
      const heard = await ask("POST", `${HOME}/events`, event);
      if (heard.status === 202) return words["esobes.told"];
      return fill(heard.status ? words["esobes.untold"] : words["esobes.unheard"], heard);
    });
  }

  async go(away) {
    await this.tell(async () => {
      await ask("PUT", `${HOME}/away`, { away });
      return away ? words["esobes.gone"] : words["esobes.back"];
    });
  }

  // What came of it is said when it can be seen.
  async tell(act) {
    const said = await act().catch(() => words.failed);
    await this.refresh();
    notice(said);
  }
}
