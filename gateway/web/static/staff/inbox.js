// The inbox while somebody looks at it: who waits stands in the title, the lists and the talk are drawn anew, and a
// short sound is played for whoever has switched it on. Without this script the pages work all the same.

const queue = document.querySelector("#queue");
const talk = document.querySelector("[data-lines]");
const place = document.querySelector("[data-stream]");
const sound = document.querySelector("#sound");
const title = document.title;
let newest = null;
let version = null;
let audio = null;

async function fetched(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (answer.status === 401) {
    location.reload();
  }
  return answer.ok && !answer.redirected ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

// Each form has a mark of its own, and what is opened is the reader's.
function looks(part) {
  return part.innerHTML.replace(/name="mark" value="[^"]*"/g, "").replace(/<details open="">/g, "<details>");
}

async function redraw(selector, address) {
  const old = document.querySelector(selector);
  if (old.contains(document.activeElement) && document.activeElement !== document.body) {
    return false; // nobody's button moves away from under their finger
  }
  const fresh = (await fetched(address))?.querySelector(selector);
  if (fresh && looks(fresh) !== looks(old)) {
    const open = [...old.querySelectorAll("details")].map((one) => one.open);
    old.replaceChildren(...fresh.childNodes);
    [...old.querySelectorAll("details")].forEach((one, number) => { one.open = open[number] ?? one.open; });
  }
  return Boolean(fresh);
}

async function look() {
  return queue ? redraw("#queue", location.pathname) : talk ? redraw("#lines", talk.dataset.lines) : false;
}

function ring() {
  if (!audio) {
    return;
  }
  for (const [at, pitch] of [[0, 660], [0.18, 880]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, audio.currentTime + at);
    volume.gain.exponentialRampToValueAtTime(0.2, audio.currentTime + at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + at + 0.16);
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + at);
    tone.stop(audio.currentTime + at + 0.17);
  }
}

function hear(news) {
  document.title = news.waiting ? `(${news.waiting}) ${title}` : title;
  if (newest !== null && news.newest > newest) {
    ring();
    const told = document.querySelector("#told");
    if (told) {
      told.textContent = told.dataset.words;
    }
  }
  newest = Math.max(news.newest, newest ?? 0);
  if (version !== news.version) {
    const before = version;
    version = news.version; // the first one too: something may have happened since the page was made
    look().then((done) => { version = done ? version : before; }, () => { version = before; });
  }
}

if (place) {
  const stream = new EventSource(place.dataset.stream);
  let last = null;
  stream.addEventListener("news", (event) => hear(last = JSON.parse(event.data)));
  stream.addEventListener("beat", () => (talk || !last ? look() : hear(last)));
}

if (sound) {
  sound.hidden = false;
  sound.addEventListener("click", () => {
    audio = audio ? (audio.close(), null) : new AudioContext();
    sound.setAttribute("aria-pressed", String(Boolean(audio)));
    sound.textContent = audio ? sound.dataset.on : sound.dataset.off;
    ring();
  });
}

// Writing an answer: how long it is, and words that are often needed.

const text = document.querySelector("#text");
const count = document.querySelector("#count");
const BASIC = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà]*$/;

function parts(words) {
  const basic = BASIC.test(words);
  const [alone, each] = basic ? [160, 153] : [70, 67];
  return words.length <= alone ? 1 : Math.ceil(words.length / each);
}

function measure() {
  const chosen = document.querySelector("[name=by]:checked") ?? document.querySelector("[name=by]");
  const whole = chosen.dataset.before + text.value.trim();
  const sms = chosen.value === "sms";
  const used = sms ? parts(whole) : whole.length;
  const most = Number(sms ? count.dataset.parts : count.dataset.longest);
  const words = used > most ? count.dataset.over : sms ? count.dataset.sms : count.dataset.chat;
  count.textContent = words.replace("{used}", used).replace("{most}", most).replace("{letters}", whole.length);
  count.classList.toggle("over", used > most);
}

if (text && count) {
  text.addEventListener("input", measure);
  document.querySelectorAll("[name=by]").forEach((one) => one.addEventListener("change", measure));
  document.querySelectorAll("[data-quick]").forEach((button) => {
    button.addEventListener("click", () => {
      text.value = text.value.trim() ? `${text.value.trim()}\n${button.dataset.quick}` : button.dataset.quick;
      text.focus();
      measure();
    });
  });
  measure();
}
