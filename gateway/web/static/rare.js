// Events that a demonstration seldom needs.

import { serviceName } from "./cases.js";
import { choice, input, stage, text } from "./eventform.js";
import { daysLater, words } from "./parts.js";

const STAGES = Object.keys(words)
  .filter((name) => name.startsWith("esobes.stage."))
  .map((name) => name.slice("esobes.stage.".length));

const applications = ({ person }) => person.applications.map(({ id, service }) => [id, serviceName(service)]);
const unanswered = ({ person }) =>
  person.offers.filter((offer) => offer.state === "open").map(({ id, service }) => [id, serviceName(service)]);

export const RARE = {
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
    reason: text("reason", { required: false }),
  },
};
