// What is left to the staff: the assistant has written it down, and passed nothing on.

import { element, fill, spokenMoment, spokenWeekday, words } from "./parts.js";

const say = (name, values = {}) => fill(words[`esobes.office.${name}`], values);

export function left({ at, what, duty, whose, specialist, case: file, dispute }) {
  const item = element("li");
  const head = element("p", "top-line");
  head.append(element("strong", "", whose), element("span", "pill going", say(what)));
  item.append(head);
  if (dispute) item.append(...disagreed(dispute));
  const safe = dispute ? spokenWeekday(dispute.safe) : "";
  item.append(element("p", "", say(`done.${what}`, { safe })), element("p", "", say(`todo.${what}`)));
  const names = [duty.replace(/^\w+:/, ""), specialist, file && say("case", { case: file }), spokenMoment(at)];
  item.append(element("p", "note", names.filter(Boolean).join(" · ")));
  return item;
}

function disagreed({ wanted, last, days, said }) {
  const asked = say("wanted", { wanted: spokenWeekday(wanted), last: spokenWeekday(last), days });
  return [element("p", "", asked), ...said.map((one) => element("p", "said", cited(one)))];
}

function cited({ act, of, at, days }) {
  const place = at.replace(/annex (\d+)/, (_, number) => say("annex", { number }));
  return say("source", { act, of: of.split("-").reverse().join("."), at: place, days });
}
