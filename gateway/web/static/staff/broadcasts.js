// Broadcasts: the preview while somebody writes, a file with its progress, and how far a broadcast has come.
// All of it works without this script as well, a page at a time. Pieces of pages come from the server, escaped there.

const PAUSE = 350;
const TOLD_EVERY = 15000;

const one = (selector, within = document) => within.querySelector(selector);
document.documentElement.classList.add("script");

// ---- the texts ----

function write(form) {
  const preview = one("[data-preview]");
  const columns = one("[data-columns]");
  let last = one("textarea", form);
  let waiting;
  let asked = 0;

  async function look() {
    const mine = ++asked;
    const body = new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(form.dataset.look, { method: "POST", body });
      if (!answer.ok || mine !== asked) return;
      const told = await answer.json();
      preview.innerHTML = told.preview;
      if (columns.innerHTML.trim() !== told.columns.trim()) columns.innerHTML = told.columns;
    } catch {
      // The network is away: the preview stays as it is.
    }
  }

  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("textarea")) last = event.target;
  });
  columns.addEventListener("click", (event) => {
    const text = event.target.closest("[data-insert]")?.dataset.insert;
    if (!text) return;
    last.setRangeText(text, last.selectionStart, last.selectionEnd, "end");
    last.focus();
    last.dispatchEvent(new Event("input", { bubbles: true }));
  });

  const typed = () => Object.fromEntries(["seen", "title", "kk", "ru", "otherwise"].map((name) => [name, form.elements[name].value]));
  const before = JSON.stringify(typed());
  restore(form, soon);
  form.addEventListener("input", () => sessionStorage.setItem(place(form), JSON.stringify(typed())));
  let sent = false;
  form.addEventListener("submit", () => {
    sent = true;
  });
  addEventListener("beforeunload", (event) => {
    if (!sent && JSON.stringify(typed()) !== before) event.preventDefault();
  });
}

const place = (form) => `texts ${form.action}`;

// Whoever was signed out while they wrote finds it again, unless something else was saved meanwhile.
function restore(form, look) {
  const kept = JSON.parse(sessionStorage.getItem(place(form)) ?? "{}");
  if (kept.seen !== form.elements.seen.value) return sessionStorage.removeItem(place(form));
  const fields = Object.entries(kept).filter(([name, value]) => form.elements[name].value !== value);
  for (const [name, value] of fields) form.elements[name].value = value;
  if (fields.length) {
    one("[data-restored]", form).hidden = false;
    look();
  }
}

// ---- the file ----

function bring(form) {
  const file = one("input[type=file]", form);
  const trouble = one("[data-trouble]", form);
  const going = one("[data-going]", form);
  const button = one("button", form);

  function fail(words) {
    trouble.textContent = words;
    going.hidden = true;
    button.disabled = false;
  }

  // Why it was refused: the page that says so has come as the answer.
  function told(page) {
    return one(".notice.alarm", new DOMParser().parseFromString(page, "text/html"))?.textContent;
  }

  function send() {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file.files[0]);
    request.open("POST", form.action);
    request.setRequestHeader("X-CSRF", one("[name=csrf]", form).value);
    request.upload.addEventListener("progress", (event) => {
      const percent = Math.round((event.loaded * 100) / event.total);
      one("progress", going).value = percent;
      one("[data-percent]", going).textContent = `${percent} %`;
    });
    request.addEventListener("load", () => {
      if (request.status === 200 || request.status === 401) location.assign(request.responseURL || form.action);
      else if (request.status === 413) fail(form.dataset.large);
      else fail(told(request.responseText) ?? form.dataset.failed);
    });
    request.addEventListener("error", () => fail(form.dataset.failed));
    trouble.textContent = "";
    going.hidden = false;
    button.disabled = true;
    request.send(body);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (file.files.length) send();
  });
  file.addEventListener("change", () => file.files.length && send());
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  }
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    file.files = event.dataTransfer.files;
    send();
  });
}

// ---- how far it has come ----

function follow(place) {
  const shown = one("[data-live]");
  const status = one("[data-status]");
  let told = Date.now();
  const events = new EventSource(place.dataset.stream);
  events.addEventListener("news", (event) => {
    const news = JSON.parse(event.data);
    if (news.key !== place.dataset.key) {
      events.close();
      location.reload();
      return;
    }
    if (!shown) return;
    shown.innerHTML = news.html;
    if (status && Date.now() - told > TOLD_EVERY) {
      told = Date.now();
      status.textContent = one("[data-said]", shown)?.textContent ?? "";
    }
  });
}

// ---- when ----

function choose(form) {
  const draw = () => form.classList.toggle("now", !one("[data-later]", form).checked);
  form.addEventListener("change", draw);
  draw();
}

for (const form of document.querySelectorAll("[data-writing]")) write(form);
for (const form of document.querySelectorAll("[data-upload]")) bring(form);
for (const place of document.querySelectorAll("[data-stream]")) follow(place);
for (const radio of document.querySelectorAll("[data-later]")) choose(radio.form);
