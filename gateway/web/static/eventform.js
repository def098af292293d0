// A form for events of E-Sobes. Its fields follow from the event that is chosen, and from what the others say.

import { element, one, words } from "./parts.js";

// ---- fields: a choice has options, everything else a kind of input and what stands in it at first ----

export const choice = (options, rules) => ({ options, ...rules });
export const input = (type, initial, rules) => ({ type, initial, required: true, ...rules });
export const text = (name, rules) => input("text", () => words[`esobes.field.${name}.example`] ?? "", rules);
export const outcome = (name) => [name, words[`esobes.outcome.${name}`]];
export const stage = (name) => [name, words[`esobes.stage.${name}`]];

export class EventForm {
  constructor(form, events, press) {
    Object.assign(this, { form, events });
    this.fields = one("[data-fields]", form);
    form.addEventListener("change", ({ target }) => {
      if (target.type === "date") this.bound();
      else if (target.matches("select, [type=radio]")) this.draw();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      press(this.event());
    });
  }

  get kind() {
    return this.form.elements.type;
  }

  show(seen) {
    this.seen = seen;
    const about = JSON.stringify([
      seen.person.id,
      seen.now.slice(0, 10),
      Object.values(this.events).map((fields) => Object.values(fields).map((field) => field.options?.(seen, {}))),
    ]);
    if (this.about === about) return;
    this.about = about;
    if (this.kind.options) this.offerKinds();
    this.draw();
  }

  offerKinds() {
    const before = this.kind.value;
    const options = Object.keys(this.events).map((type) => {
      const made = new Option(words[`esobes.event.${type}`], type, false, type === before);
      made.disabled = !this.possible(type);
      return made;
    });
    this.kind.replaceChildren(...options);
    if (this.kind.selectedOptions[0]?.disabled ?? true) {
      this.kind.value = Object.keys(this.events).find((type) => this.possible(type)) ?? "";
    }
  }

  // There has to be something that the event can be about.
  possible(type) {
    return Object.values(this.events[type]).every((field) => !field.options || field.options(this.seen, {}).length);
  }

  // What somebody has written stays, and so does the focus; a suggestion that nobody touched is made anew.
  draw() {
    const before = [...this.fields.querySelectorAll("input, select")];
    const kept = new Map(before.filter((one) => one.value !== one.dataset.initial).map((one) => [one.name, one.value]));
    const focused = before.find((one) => one === document.activeElement)?.name;
    const values = {};
    const labels = [];
    for (const [name, field] of Object.entries(this.events[this.kind.value] ?? {})) {
      if (field === true || (field.when && !field.when(values))) continue;
      const made = field.options ? this.select(field, values, kept.get(name)) : this.input(field, kept.get(name));
      made.name = name;
      values[name] = made.value;
      const label = element("label");
      label.append(element("span", "", words[`esobes.field.${name}`]), made);
      labels.push(label);
    }
    this.fields.replaceChildren(...labels);
    one("[type=submit]", this.form).disabled = !(this.kind.value in this.events);
    this.bound();
    if (focused) this.form.elements[focused]?.focus();
  }

  select({ options }, values, kept) {
    const made = element("select");
    made.replaceChildren(...options(this.seen, values).map(([value, shown]) => new Option(shown, value)));
    made.dataset.initial = made.value;
    if ([...made.options].some(({ value }) => value === kept)) made.value = kept;
    return made;
  }

  input({ type, initial, required }, kept) {
    const made = element("input");
    made.type = type;
    made.required = required;
    made.value = initial(this.seen);
    made.dataset.initial = made.value;
    made.value = kept ?? made.value;
    return made;
  }

  // Days that can be no others.
  bound() {
    const values = Object.fromEntries(new FormData(this.form));
    for (const [name, field] of Object.entries(this.events[this.kind.value] ?? {})) {
      const made = this.form.elements[name];
      if (made && field.from) made.min = field.from(this.seen, values);
      if (made && field.till) made.max = field.till(this.seen, values);
    }
  }

  event() {
    const type = this.kind.value;
    const told = { type };
    for (const [name, field] of Object.entries(this.events[type])) {
      if (field.silent) continue;
      const value = field === true ? this.seen.person.id : this.form.elements[name]?.value.trim();
      if (value) told[name] = name === "at" ? `${value}:00+05:00` : value;
    }
    return told;
  }
}
