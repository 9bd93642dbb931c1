// Enhances pages that already work without it: copy, reveal, hints, confirmations, filters, times.
"use strict";
(() => {
  const words = document.body.dataset;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // ---- copy and print
  const textOf = (source) =>
    source.matches("ol") ? all("code", source).map((code) => code.textContent).join("\n") : source.textContent;

  async function copy(button) {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(textOf(source));
    } catch {
      const range = document.createRange();
      range.selectNodeContents(source);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      if (!document.execCommand("copy")) return;
    }
    const before = button.textContent;
    button.textContent = words.copied;
    setTimeout(() => { button.textContent = before; }, 2000);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-print]");
    if (!button) return;
    if (button.dataset.copy) copy(button); else print();
  });

  // ---- passwords: show what is typed, say when it is long enough
  function reveal(input) {
    const box = document.createElement("span");
    box.className = "reveal";
    input.replaceWith(box);
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-controls", input.id);
    const draw = () => {
      button.textContent = input.type === "password" ? words.show : words.hide;
      const label = document.querySelector(`label[for="${CSS.escape(input.id)}"]`);
      button.setAttribute("aria-label", `${button.textContent} ${label ? label.textContent : ""}`.trim());
    };
    button.addEventListener("click", () => {
      input.type = input.type === "password" ? "text" : "password";
      draw();
      input.focus();
    });
    box.append(input, button);
    draw();
    if (input.autofocus) input.focus();
    if (input.form) input.form.addEventListener("submit", () => { input.type = "password"; });
  }

  function hint(input) {
    const place = document.getElementById(`${input.id}-hint`);
    const resting = place.textContent;
    place.setAttribute("aria-live", "polite");
    const least = Number(input.dataset.min);
    input.addEventListener("input", () => {
      const length = [...input.value].length;
      const missing = least - length;
      place.classList.toggle("met", missing <= 0);
      if (length === 0) place.textContent = resting;
      else if (missing > 0) place.textContent = input.dataset.short.replace("{}", missing);
      else place.textContent = length < 15 ? input.dataset.enough : input.dataset.good;
    });
  }

  // ---- confirmations become dialogs; without this they are disclosures
  function confirmation(details) {
    const body = details.querySelector(":scope > div");
    details.querySelector("summary").addEventListener("click", (event) => {
      event.preventDefault();
      const dialog = document.createElement("dialog");
      dialog.setAttribute("aria-label", event.currentTarget.textContent);
      const close = document.createElement("button");
      close.type = "button";
      close.textContent = words.cancel;
      close.autofocus = true;
      close.addEventListener("click", () => dialog.close());
      body.querySelector("form").append(close);
      dialog.append(body);
      dialog.addEventListener("close", () => { close.remove(); details.append(body); dialog.remove(); });
      document.body.append(dialog);
      dialog.showModal();
    });
  }

  // ---- menus close when something else gets the attention
  document.addEventListener("click", (event) => {
    for (const menu of all("details.menu[open], details.confirm[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement && document.activeElement.closest("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // ---- filters answer while typing
  function live(form) {
    let timer = 0, turn = 0;
    const refresh = async () => {
      const query = new URLSearchParams(new FormData(form));
      for (const [name, value] of [...query]) if (value === "") query.delete(name);
      const address = `${form.action}?${query}`;
      const mine = ++turn;
      try {
        const answer = await fetch(address, { headers: { Accept: "text/html" } });
        if (!answer.ok || answer.redirected || mine !== turn) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById(form.dataset.live);
        if (mine !== turn || !fresh) return;
        document.getElementById(form.dataset.live).replaceChildren(...fresh.childNodes);
        history.replaceState(null, "", address);
        times();
      } catch { /* the button still works */ }
    };
    const soon = (delay) => { clearTimeout(timer); timer = setTimeout(refresh, delay); };
    form.addEventListener("input", (event) => soon(event.target.matches("select") ? 0 : 250));
  }

  // ---- times: relative ones keep moving
  const steps = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
  function times() {
    for (const time of all("time[title]")) {
      const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
      if (time.closest(".events") || Math.abs(seconds) > 30 * 86400) continue;
      const step = steps.find(([, size]) => Math.abs(seconds) >= size);
      if (!step) continue;
      const [unit, size] = step;
      time.textContent = relative.format(Math.trunc(seconds / size), unit);
    }
  }

  // ---- a form is sent once
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => {
    for (const form of all("form[data-sent]")) delete form.dataset.sent;
    for (const button of all("[aria-busy]")) button.removeAttribute("aria-busy");
  });

  for (const button of all("[data-copy], [data-print]")) button.hidden = false;
  // What a button says after it was used is read out too.
  for (const button of all("[data-copy]")) button.setAttribute("aria-live", "polite");
  for (const input of all("input[data-min]")) hint(input);
  for (const input of all("input[type=password]")) reveal(input);
  for (const details of all("details.confirm")) confirmation(details);
  for (const form of all("form[data-live]")) live(form);
  times();
  setInterval(times, 60000);
})();
