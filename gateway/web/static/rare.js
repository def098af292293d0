// Events that a demonstration seldom needs: one form, whose fields follow from the event that is chosen.

import { serviceName } from "./cases.js";
import { daysLater, element, known, one, spokenDay, words } from "./parts.js";

const STAGES = Object.keys(words)
  .filter((name) => name.startsWith("esobes.stage."))
  .map((name) => name.slice("esobes.stage.".length));

const stage = (name) => [name, words[`esobes.stage.${name}`]];
const outcome = (name) => [name, words[`esobes.outcome.${name}`]];
const soon = ({ now }) => daysLater(now, 10);

// ---- fields: a choice has options, everything else a kind of input and what stands in it at first ----

const choice = (options) => ({ options });
const input = (type, initial, required = true) => ({ type, initial, required });
const text = (name, required) => input("text", () => words[`esobes.field.${name}.example`] ?? "", required);

const applications = ({ person }) => person.applications.map(({ id, service }) => [id, serviceName(service)]);
const unanswered = ({ person }) =>
  person.offers.filter((offer) => offer.state === "open").map(({ id, service }) => [id, serviceName(service)]);
const services = () => Object.entries(known.services);
const choices = ({ person }) =>
  person.choices.filter((one) => !one.outcome).map(({ id, service }) => [id, serviceName(service)]);
const organisations = ({ held }) => held.organisations.map(({ bin, name }) => [bin, name]);
const invitations = (keep) => ({ person, place }) =>
  person.invitations
    .filter((one) => !one.outcome && keep(one))
    .map(({ id, organisation, arrive_by: day }) => [id, `${place(organisation)}, ${spokenDay(day)}`]);

const EVENTS = {
  "application.changed": { application: choice(applications), stage: choice(() => STAGES.map(stage)) },
  "hearing.scheduled": {
    application: choice(applications),
    at: input("datetime-local", ({ now }) => `${daysLater(now, 5)}T10:00`),
    place: text("place"),
    method: text("method"),
  },
  "decision.made": {
    about: choice((seen) => [...unanswered(seen), ...applications(seen)]),
    outcome: choice(() => ["approved", "refused", "queued"].map(stage)),
    reason: text("reason", false),
  },
  "provider_choice.opened": { person: true, service: choice(services) },
  "provider_choice.closed": { choice: choice(choices), outcome: choice(() => ["chosen", "cancelled"].map(outcome)) },
  "order.answered": {
    person: true,
    service: choice(services),
    outcome: choice(() => [outcome("accepted"), stage("refused")]),
    provider: text("provider"),
    reason: text("reason", false),
    arrive_on: input("date", () => "", false),
    leave_on: input("date", () => "", false),
  },
  "invitation.opened": { person: true, organisation: choice(organisations), arrive_by: input("date", soon) },
  "invitation.changed": { invitation: choice(invitations((one) => one.postponed_to && !one.signed)) },
  "invitation.closed": {
    invitation: choice(invitations(() => true)),
    outcome: choice(() => ["admitted", "passed_on", "cancelled"].map(outcome)),
  },
};

export class Rare {
  constructor(form, press) {
    this.form = form;
    this.kind = form.elements.type;
    this.fields = one("[data-fields]", form);
    this.kind.addEventListener("change", () => this.draw());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      press(this.event());
    });
  }

  organisation(bin) {
    return this.held?.organisations.find((one) => one.bin === bin)?.name ?? bin;
  }

  show(person, held) {
    this.held = held;
    this.seen = { person, held, now: held.now, place: (bin) => this.organisation(bin) };
    const choices = JSON.stringify(
      Object.values(EVENTS).map((fields) => Object.values(fields).map((field) => field.options?.(this.seen))),
    );
    if (this.choices === choices) return;
    this.choices = choices;
    const before = this.kind.value;
    const options = Object.keys(EVENTS).map((type) => {
      const made = new Option(words[`esobes.event.${type}`], type, false, type === before);
      made.disabled = !this.possible(type);
      return made;
    });
    this.kind.replaceChildren(...options);
    if (this.kind.selectedOptions[0]?.disabled ?? true) {
      this.kind.value = Object.keys(EVENTS).find((type) => this.possible(type));
    }
    this.draw();
  }

  // There has to be something that the event can be about.
  possible(type) {
    return Object.values(EVENTS[type]).every((field) => !field.options || field.options(this.seen).length);
  }

  draw() {
    const fields = Object.entries(EVENTS[this.kind.value]).filter(([, field]) => field !== true);
    this.fields.replaceChildren(...fields.map(([name, field]) => this.field(name, field)));
  }

  field(name, { options, type, initial, required }) {
    const label = element("label");
    const made = element(options ? "select" : "input");
    if (options) {
      made.replaceChildren(...options(this.seen).map(([value, shown]) => new Option(shown, value)));
    } else {
      made.type = type;
      made.value = initial(this.seen);
      made.required = required;
    }
    made.name = name;
    label.append(element("span", "", words[`esobes.field.${name}`]), made);
    return label;
  }

  event() {
    const type = this.kind.value;
    const told = { type };
    for (const name of Object.keys(EVENTS[type])) {
      const value = name === "person" ? this.seen.person.id : this.form.elements[name].value.trim();
      if (value) told[name] = name === "at" ? `${value}:00+05:00` : value;
    }
    return told;
  }
}
