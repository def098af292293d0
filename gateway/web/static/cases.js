// What E-Sobes holds of one person, each thing with what has become of it.

import { element, known, words } from "./parts.js";

export function serviceName(slug) {
  return known.services[slug] ?? slug;
}

// An offer and the application that came of it are one thing. Newest first.
export function cases(person) {
  const found = [];
  const joined = new Set();
  for (const offer of person.offers) {
    const application = person.applications.find((one) => one.id === offer.application);
    if (application) joined.add(application.id);
    found.push({ kind: "offer", id: offer.id, at: offer.opened, service: offer.service, offer, application });
  }
  for (const application of person.applications.filter((one) => !joined.has(one.id))) {
    const { id, service, submitted_at: at } = application;
    found.push({ kind: "application", id, at, service, application });
  }
  for (const choice of person.choices) {
    const { id, service, told, opened_on: day } = choice;
    found.push({ kind: "choice", id, at: told ?? day, service, choice });
  }
  for (const order of person.orders) {
    found.push({ kind: "order", id: order.id, at: order.told, service: order.service, order });
  }
  for (const invitation of person.invitations) {
    const { id, told, arrive_by: day } = invitation;
    found.push({ kind: "invitation", id, at: told ?? day, invitation });
  }
  return found.sort((one, other) => (one.at < other.at ? 1 : -1));
}

export function offerState({ state, answered }) {
  return state === "answered" ? answered.answer : state;
}

const STAGE_LOOKS = { approved: "consent", refused: "refusal", withdrawn: "withdrawn", no_show: "silence" };
const OUTCOME_LOOKS = { chosen: "consent", admitted: "consent", passed_on: "refusal" };

// In words first; the colour only helps the eye.
export function pill({ offer, application, choice, order, invitation }) {
  const outcome = (choice ?? invitation)?.outcome;
  if (outcome) return element("span", `pill ${OUTCOME_LOOKS[outcome] ?? "silence"}`, words[`esobes.outcome.${outcome}`]);
  const missed = words[`esobes.missed.${(choice ?? invitation)?.known?.state}`]; // the last day is over
  if (missed) return element("span", "pill refusal", missed);
  if (choice) return element("span", "pill open", words["esobes.state.choosing"]);
  if (order) {
    const accepted = order.outcome === "accepted";
    const said = words[accepted ? "esobes.outcome.accepted" : "esobes.stage.refused"];
    return element("span", `pill ${accepted ? "consent" : "refusal"}`, said);
  }
  if (invitation) {
    const { postponed_to: later, signed } = invitation;
    if (signed) return element("span", "pill going", words["esobes.stage.postponed"]);
    return element("span", "pill open", words[`esobes.state.${later ? "unsigned" : "arriving"}`]);
  }
  if (application) {
    const { stage } = application;
    return element("span", `pill ${STAGE_LOOKS[stage] ?? "going"}`, words[`esobes.stage.${stage}`]);
  }
  const state = offerState(offer);
  return element("span", `pill ${state}`, words[`esobes.state.${state}`]);
}
