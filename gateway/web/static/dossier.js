// One person as E-Sobes sees them: who they are, what is under way, and the buttons that send events about them.

import { cases, offerState, pill, serviceName } from "./cases.js";
import { OPENING, buttonsOf, factsOf, placeName, unfolds } from "./duties.js";
import { EventForm } from "./eventform.js";
import { RARE } from "./rare.js";
import {
  button, element, fill, known, one, redraw, spokenAge, spokenDay, spokenMoment, spokenWeekday, words,
} from "./parts.js";

// Stages at which somebody still has to decide.
const UNDECIDED = new Set(["registered", "documents_incomplete", "under_review", "home_visit", "hearing_scheduled"]);
const SPOKEN = new Set(["consent", "refusal"]);
const MORNING = "T09:00";

export class Dossier {
  constructor(root, { press, open, show, turn }) {
    Object.assign(this, { root, press, open, showOther: show, turn });
    this.who = one("[data-person]", root);
    this.list = one("[data-cases]", root);
    this.offer = one("[data-offer]", root);
    this.forms = [
      new EventForm(one("[data-duty]", root), OPENING, press),
      new EventForm(one("[data-rare]", root), RARE, press),
    ];
    for (const part of ["kind", "service"]) {
      this.offer.addEventListener("change", ({ target }) => target.name === part && this.fit(part));
    }
    this.offer.addEventListener("submit", (event) => {
      event.preventDefault();
      this.sendOffer();
    });
  }

  show(person, held) {
    if (person.id !== this.person?.id) this.beginOffer();
    this.person = person;
    this.held = held;
    this.now = held.now;
    for (const form of this.forms) form.show({ person, held, now: held.now });
    redraw(this.who, this.facts(held));
    const items = cases(person).map((found) => this.item(found));
    redraw(this.list, items.length ? items : [element("li", "note", words["esobes.nothing"])], this.title);
    this.mark(this.phone);
  }

  get title() {
    return one("h3", this.who);
  }

  focus() {
    this.title.focus({ preventScroll: true });
    this.root.scrollIntoView({ block: "nearest" });
  }

  // ---- who this is ----

  facts({ people }) {
    const { person } = this;
    const title = element("h3", "", person.name);
    title.tabIndex = -1;
    const about = element("p", "", [
      fill(words["esobes.iin"], person),
      spokenAge(person.birth_date, this.now),
      words[`esobes.language.${person.language}`],
    ].join(" · "));
    const list = element("dl");
    const guardian = people.find((other) => other.id === person.guardian);
    const wards = people.filter((other) => other.guardian === person.id);
    if (guardian) this.fact(list, words["esobes.guardian"], [this.linkTo(guardian)]);
    if (wards.length) this.fact(list, words["esobes.wards"], wards.map((ward) => this.linkTo(ward)));
    const phones = person.phones.map((phone) =>
      button("number", phone, `phone-${phone}`, () => this.open(person, phone)),
    );
    this.fact(list, words["esobes.phones"], phones.length ? phones : [words["esobes.no_phone"]]);
    return [title, about, list];
  }

  fact(list, name, parts) {
    const told = element("dd");
    told.append(...parts);
    list.append(element("dt", "", name), told);
  }

  linkTo(other) {
    return button("link", other.name, `to-${other.id}`, () => this.showOther(other.id));
  }

  // Which phone stands open beside.
  mark(phone) {
    this.phone = phone;
    for (const number of this.who.querySelectorAll(".number")) {
      number.setAttribute("aria-pressed", String(number.textContent === phone));
    }
  }

  // ---- what is under way ----

  item(found) {
    const { offer, application } = found;
    const item = element("li");
    item.dataset.case = found.id;
    const head = element("p", "top-line");
    head.append(element("strong", "", found.service ? serviceName(found.service) : this.place(found)), pill(found));
    const list = element("dl");
    if (offer) this.tellOffer(list, offer);
    if (application) this.tellApplication(list, application);
    if (!offer && !application) {
      for (const [name, told] of factsOf(found)) this.fact(list, words[`esobes.${name}`], [told]);
    }
    item.append(head, element("p", "sort", this.sort(found)), list);
    const held = offer && this.heldBack(offer);
    if (held) item.append(element("p", "held", held));
    const { buttons, forms } = offer || application ? this.buttons(found) : buttonsOf(found, this.person, this);
    if (buttons.length) {
      const row = element("div", "row");
      row.append(...buttons);
      item.append(row);
    }
    item.append(...forms);
    return item;
  }

  sort({ kind, offer }) {
    if (!offer) return words[`esobes.${kind}`];
    return [words[`esobes.kind.${offer.kind}`], offer.device].filter(Boolean).join(", ");
  }

  place({ invitation }) {
    return placeName(this.held, invitation.organisation);
  }

  tellOffer(list, { opened, asked, answered, state }) {
    const sent = asked?.sent ?? opened;
    const later = sent.slice(0, 16) > this.now.slice(0, 16);
    this.fact(list, words[later ? "esobes.leaves" : "esobes.sent"], [spokenMoment(sent)]);
    if (asked && state === "open") this.fact(list, words["esobes.last_day"], [spokenWeekday(asked.last_day)]);
    if (!answered) return;
    const at = spokenMoment(answered.at);
    if (!SPOKEN.has(answered.answer)) return this.fact(list, words["esobes.closed"], [at]);
    const said = answered.text && `«${answered.text}», ${words[`esobes.channel.${answered.channel}`]}`;
    const told = [words[`esobes.state.${answered.answer}`], said, at].filter(Boolean).join(", ");
    this.fact(list, words["esobes.answered"], [told]);
  }

  tellApplication(list, application) {
    this.fact(list, words["esobes.registered"], [spokenDay(application.registered_on)]);
    const { due_on: due, queue_number: number, organisation, refusal_reason: reason, stage } = application;
    if (due && UNDECIDED.has(stage)) this.fact(list, words["esobes.due"], [spokenWeekday(due)]);
    if (number) this.fact(list, words["esobes.queue_number"], [number]);
    if (organisation) this.fact(list, words["esobes.organisation"], [organisation]);
    if (reason) this.fact(list, words["esobes.reason"], [reason]);
  }

  // What the assistant knows and E-Sobes does not yet.
  heldBack(offer) {
    if (offer.state !== "open" || !offer.asked || offer.asked.state === "asked") return "";
    return words[offer.asked.state === "refusing" ? "esobes.held.refusing" : "esobes.held.on_the_way"];
  }

  // ---- the buttons ----

  buttons({ id, offer, application }) {
    const made = [];
    const forms = [];
    const add = (name, act) => made.push(button("quiet", words[`esobes.${name}`], `${name}-${id}`, act));
    if (offer && offerState(offer) === "open") {
      const { asked } = offer;
      const morning = asked && `${asked.closes.slice(0, 10)}${MORNING}`;
      if (morning > this.now.slice(0, 16)) add("after_last_day", () => this.turn({ to: morning }));
      add("withdraw", () => this.press({ type: "offer.withdrawn", offer: id }));
    }
    if (application && UNDECIDED.has(application.stage)) {
      add("approve", () => this.decide(application, "approved"));
      add("queue", () => this.decide(application, "queued"));
      add("refuse", () => {});
      forms.push(this.refusal(application, made.at(-1)));
    }
    return { buttons: made, forms };
  }

  decide(application, outcome, reason) {
    return this.press({ type: "decision.made", about: application.id, outcome, ...(reason && { reason }) });
  }

  // A refusal has a reason.
  refusal(application, opener) {
    const field = { name: "reason", type: "text", value: words["esobes.refuse.example"] };
    return unfolds(opener, words["esobes.refuse.reason"], field, words["esobes.refuse.send"], (reason) =>
      this.decide(application, "refused", reason),
    );
  }

  // ---- a new offer ----

  beginOffer() {
    this.offer.reset();
    this.offer.elements.service.value = "";
    this.fit("kind");
  }

  // Which services there are depends on the kind; whether diapers may be meant, on the service.
  fit(changed) {
    const { kind, service, diapers } = this.offer.elements;
    if (changed === "kind") {
      const before = service.value || known.diapers;
      service.replaceChildren(
        ...known.offered[kind.value].map((slug) => new Option(serviceName(slug), slug, false, slug === before)),
      );
    }
    const may = service.value === known.diapers;
    one("[data-diapers]", this.offer).hidden = !may;
    if (!may) diapers.checked = false;
  }

  sendOffer() {
    const { kind, service, diapers } = this.offer.elements;
    return this.press({
      type: "offer.opened",
      person: this.person.id,
      service: service.value,
      kind: kind.value,
      device: diapers.checked ? words["esobes.offer.device"] : null,
    });
  }
}
