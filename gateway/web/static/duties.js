// What somebody has to do by a day, or loses: to choose who provides a service, to keep or give up what was ordered,
// to arrive where a place is free. The events that open such a thing, and the buttons that carry it on.

import { serviceName } from "./cases.js";
import { choice, input, outcome, stage, text } from "./eventform.js";
import { button, daysLater, element, known, monthsLater, spokenDay, spokenWeekday, words } from "./parts.js";

const SPECIAL = "special_social_services_";
const SANATORIUM = "sanatorium_treatment";
const SETTINGS = ["inpatient", "semi_inpatient", "home", "temporary"];
const MORNING = "T09:00";
const REMINDED = "T10:00";

const named = (slugs) => slugs.map((slug) => [slug, serviceName(slug)]);
const chosen = () => [...known.offered.proactive, ...SETTINGS.slice(0, 3).map((setting) => SPECIAL + setting)];
const days = ({ service, outcome: said }) => service === SANATORIUM && said === "accepted";

export const OPENING = {
  "provider_choice.opened": {
    person: true,
    service: choice(() => named(chosen())),
    opened_on: input("date", ({ now }) => now.slice(0, 10), { till: ({ now }) => now.slice(0, 10) }),
  },
  "order.answered": {
    person: true,
    service: choice(() => named(known.offered.proactive)),
    outcome: choice(() => [outcome("accepted"), stage("refused")]),
    provider: text("provider"),
    reason: input("text", () => words["esobes.order.example"], { when: (values) => values.outcome === "refused" }),
    arrive_on: input("date", ({ now }) => daysLater(now, 14), { when: days }),
    leave_on: input("date", ({ now }) => daysLater(now, 28), { when: days, from: (_, values) => values.arrive_on }),
  },
  "invitation.opened": {
    person: true,
    setting: choice(() => SETTINGS.map((setting) => [setting, serviceName(SPECIAL + setting)]), { silent: true }),
    organisation: choice(({ held }, { setting }) => places(held, setting)),
    arrive_by: input("date", ({ now }) => daysLater(now, 10)),
  },
};

function places(held, setting) {
  return held.organisations.filter((one) => !setting || one.setting === setting).map(({ bin, name }) => [bin, name]);
}

export function placeName(held, bin) {
  return held.organisations.find((one) => one.bin === bin)?.name ?? bin;
}

// ---- what is known of it ----

export function factsOf({ choice: open, order, invitation }) {
  if (open) return told([["opened_on", spokenDay(open.opened_on)], ["last_day", weekday(open.known?.last_day)]]);
  if (order) {
    const { provider, reason, arrive_on: arrive, leave_on: leave, known: seen } = order;
    return told([
      ["field.provider", provider],
      ["field.arrive_on", weekday(arrive)],
      ["field.leave_on", weekday(leave)],
      ["cancel_by", weekday(seen?.cancel_by)],
      ["reason", reason],
    ]);
  }
  const { arrive_by: day, postponed_to: later, signed, known: seen } = invitation;
  const wanted = !signed && later;
  return told([
    ["arrive_by", spokenWeekday(day)],
    ["postponed_to", wanted && spokenWeekday(wanted)],
    ["sign_by", wanted && spokenWeekday(day)],
    ["answered", words[`esobes.said.${seen?.said}`]],
  ]);
}

const told = (facts) => facts.filter(([, value]) => value);
const weekday = (day) => day && spokenWeekday(day);

// ---- its buttons ----

export function buttonsOf(found, person, { press, turn, now }) {
  const made = [];
  const forms = [];
  const add = (name, act, looks = "quiet") =>
    made.push(button(looks, words[`esobes.${name}`], `${name}-${found.id}`, act));
  const jump = (name, to) => {
    if (to > now.slice(0, 16)) add(name, () => turn({ to }));
  };
  const unfold = (name, ...parts) => {
    add(name, () => {});
    forms.push(unfolds(made.at(-1), ...parts));
  };
  const { choice: open, order, invitation } = found;
  if (open && !open.outcome) {
    const { id, service, known: seen } = open;
    if (seen?.state === "blocked") {
      add("reactivate", () => press({ type: "provider_choice.opened", person: person.id, service, choice: id }), "strong");
    }
    for (const [name, moment] of known.offered.proactive.includes(open.service) ? months(open) : []) jump(name, moment);
    for (const said of ["chosen", "cancelled"]) {
      add(`close.${said}`, () => press({ type: "provider_choice.closed", choice: open.id, outcome: said }));
    }
  }
  if (order?.outcome === "accepted") {
    const { id, service, provider } = order;
    const refused = { type: "order.answered", person: person.id, order: id, service, provider, outcome: "refused" };
    const field = { name: "reason", type: "text", value: words["esobes.order.example"] };
    unfold("refuse", words["esobes.refuse.reason"], field, words["esobes.order.send"], (reason) =>
      press({ ...refused, reason }),
    );
  }
  if (invitation && !invitation.outcome) arriving(invitation, person, { add, jump, unfold, press });
  return { buttons: made, forms };
}

// When the first of them is over, and when both are.
function months({ opened_on: opened }) {
  return [
    ["after_month", `${monthsLater(opened, 1)}${REMINDED}`],
    ["after_months", `${daysLater(monthsLater(opened, 2), 1)}${REMINDED}`],
  ];
}

function arriving({ id, organisation, arrive_by: day, postponed_to: wanted, signed }, person, { add, jump, unfold, press }) {
  if (wanted && !signed) add("sign", () => press({ type: "invitation.changed", invitation: id }), "strong");
  jump("after_last_day", `${daysLater(day, 1)}${MORNING}`);
  for (const said of ["admitted", "passed_on", "cancelled"]) {
    add(`close.${said}`, () => press({ type: "invitation.closed", invitation: id, outcome: said }));
  }
  if (signed) return;
  const field = { name: "arrive_by", type: "date", value: day };
  const anew = { type: "invitation.opened", person: person.id, invitation: id, organisation };
  unfold("correct", words["esobes.arrive_by"], field, words["esobes.correct.send"], (to) =>
    press({ ...anew, arrive_by: to }),
  );
}

// A button that only unfolds where the rest is written.
export function unfolds(opener, label, { name, type, value }, send, act) {
  opener.ariaExpanded = "false";
  const form = element("form");
  form.hidden = true;
  const field = element("input");
  Object.assign(field, { name, type, value, required: true });
  if (type === "text") field.maxLength = 2000;
  const told = element("label");
  told.append(element("span", "", label), field);
  form.append(told, element("button", "strong", send));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act(field.value.trim());
  });
  opener.addEventListener("click", () => {
    form.hidden = !form.hidden;
    opener.ariaExpanded = String(!form.hidden);
    if (!form.hidden) field.focus();
  });
  return form;
}
