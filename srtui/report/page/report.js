(() => {
  "use strict";

  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  root.classList.add("js");

  // Dark or light: the system's choice until the reader makes one.
  const theme = document.getElementById("theme");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  const make = (name, text, cls) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (cls) made.className = cls;
    return made;
  };

  // A long table: `columns` gives the sorting key of a row for each column, `fits` says whether a row is wanted.
  class LongTable {
    constructor(id, columns, fits, details, words) {
      this.root = document.getElementById("table-" + id);
      this.rows = [...this.root.querySelectorAll(".r")];
      this.chunks = [...this.root.querySelectorAll(".chunk")];
      this.numbers = new Map(this.rows.map((row, number) => [row, number]));
      this.columns = columns;
      this.fits = fits;
      this.details = details;
      this.words = words;
      this.sorted = null;
      this.tools = this.root.querySelector(".tools");
      this.tools.hidden = false;
      this.count = this.tools.querySelector(".count");
      this.listen();
      this.apply();
    }

    listen() {
      let waiting = 0;
      this.tools.addEventListener("input", () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => this.apply(), 60);
      });
      this.tools.addEventListener("click", (event) => {
        const chip = event.target.closest(".chip");
        if (chip) {
          chip.setAttribute("aria-pressed", chip.getAttribute("aria-pressed") !== "true");
          this.apply();
        } else if (event.target.closest("[data-clear]")) {
          this.clear();
          this.apply();
        }
      });
      this.root.querySelector(".head").addEventListener("click", (event) => {
        const heading = event.target.closest("[data-sort]");
        if (heading) this.sort(heading);
      });
      this.root.querySelector(".body").addEventListener("click", (event) => {
        const row = event.target.closest(".r");
        if (!row || event.target.closest(".detail") || String(getSelection())) return;
        this.toggle(row);
      });
    }

    clear() {
      for (const one of this.tools.querySelectorAll("[data-filter]")) one.value = "";
      for (const chip of this.tools.querySelectorAll(".chip")) chip.setAttribute("aria-pressed", "false");
    }

    wanted() {
      const wanted = { severities: "" };
      for (const one of this.tools.querySelectorAll("[data-filter]")) wanted[one.dataset.filter] = one.value;
      for (const chip of this.tools.querySelectorAll(".chip[aria-pressed=true]"))
        wanted.severities += chip.dataset.severity;
      return wanted;
    }

    // What the words of the filter are looked for in, read off the page when they are first needed.
    haystack() {
      this.texts ??= this.rows.map((row, number) => (row.textContent + " " + this.words(number)).toLowerCase());
      return this.texts;
    }

    apply() {
      const wanted = this.wanted();
      const terms = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
      const texts = terms.length ? this.haystack() : null;
      let shown = 0;
      for (const chunk of this.chunks) {
        let here = 0;
        for (const row of chunk.children) {
          const number = this.numbers.get(row);
          const fits = this.fits(number, wanted) && terms.every((term) => texts[number].includes(term));
          if (row.hidden === fits) row.hidden = !fits;
          here += fits;
        }
        chunk.hidden = !here;
        // What is not laid out yet is taken to be this tall, so that the scroll bar tells the truth.
        chunk.style.containIntrinsicSize = "auto " + here * 30 + "px";
        shown += here;
      }
      const all = this.rows.length;
      this.count.textContent = shown === all ? all.toLocaleString("en") : shown.toLocaleString("en") + " of " + all.toLocaleString("en");
    }

    sort(heading) {
      const key = this.columns[Number(heading.dataset.sort)];
      const down = this.sorted === heading && heading.getAttribute("aria-sort") === "ascending";
      this.sorted?.removeAttribute("aria-sort");
      this.sorted = heading;
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      const keys = this.rows.map((row, number) => key(number, row));
      const order = this.rows.map((_, number) => number);
      const way = down ? -1 : 1;
      order.sort((one, two) => (keys[one] < keys[two] ? -way : keys[one] > keys[two] ? way : one - two));
      const size = Math.ceil(order.length / this.chunks.length);
      this.chunks.forEach((chunk, place) => {
        chunk.replaceChildren(...order.slice(place * size, (place + 1) * size).map((number) => this.rows[number]));
      });
      this.apply();
    }

    toggle(row) {
      const open = row.querySelector("button");
      const old = row.querySelector(".detail");
      if (old) old.remove();
      else {
        const detail = this.details(this.numbers.get(row));
        if (!detail) return;
        row.append(detail);
      }
      open?.setAttribute("aria-expanded", String(!old));
    }

    search(text) {
      this.clear();
      this.tools.querySelector("[data-filter=text]").value = text;
      this.apply();
    }
  }

  const cell = (name) => (_, row) => row.querySelector("." + name).textContent;
  const [CONTROL, SERVICE, REGION, ROWS, FINGERPRINT, FACTS, SOURCES, COMMAND, TRIAGE, SUBJECT, RISK] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const STATES = ["open", "acknowledged", "suppressed"];
  const text = (number) => data.texts[number];

  const facts = (pairs) => {
    const list = make("dl", undefined, "facts");
    for (const [label, value] of pairs) {
      const holder = make("dd");
      if (value instanceof Node) holder.append(value);
      else holder.append(make("bdi", value));
      list.append(make("dt", label), holder);
    }
    return list;
  };

  const findingDetails = (number) => {
    const one = data.findings[number];
    const control = data.controls[text(one[CONTROL])];
    const detail = make("div", undefined, "detail");
    detail.append(make("p", control.why));
    const cure = make("p");
    cure.append(make("b", "Fix. "), control.fix);
    detail.append(cure);
    const pairs = [["subject", one[SUBJECT]], ["risk", text(one[RISK])], ...one[FACTS], ...one[SOURCES].map((source) => ["seen", text(source)])];
    if (one[COMMAND]) pairs.push(["command", make("code", one[COMMAND], "command")]);
    pairs.push(["control", make("code", text(one[CONTROL]))]);
    if (control.frameworks.length) pairs.push(["frameworks", control.frameworks.join(", ")]);
    if (one[TRIAGE]) pairs.push(["triage", one[TRIAGE]]);
    pairs.push(["fingerprint", make("code", one[FINGERPRINT])]);
    for (const reference of control.references) {
      const link = make("a", reference.replace("https://", ""));
      link.href = reference;
      link.rel = "noreferrer noopener";
      pairs.push(["reference", link]);
    }
    detail.append(facts(pairs));
    return detail;
  };

  let findings = null;
  if (data.findings.length)
    findings = new LongTable(
      "findings",
      [
        (number) => "CHMLI".indexOf(data.severities[number]),
        cell("what"),
        cell("who"),
        cell("where"),
        cell("facts-c"),
        (number) => data.findings[number][ROWS][0] ?? 0,
        (number) => data.states[number],
      ],
      (number, wanted) => {
        const one = data.findings[number];
        return (
          (!wanted.severities || wanted.severities.includes(data.severities[number])) &&
          (!wanted.state || STATES[data.states[number]] === wanted.state) &&
          (!wanted.row || one[ROWS].includes(Number(wanted.row))) &&
          (!wanted.service || text(one[SERVICE]) === wanted.service) &&
          (!wanted.region || text(one[REGION]) === wanted.region)
        );
      },
      findingDetails,
      (number) => {
        const one = data.findings[number];
        return [one[SUBJECT], text(one[CONTROL]), one[FINGERPRINT], ...one[FACTS].flat()].join(" ");
      },
    );

  const principal = (place) => (number) => data.principals[number][place];
  if (data.principals.length)
    new LongTable(
      "principals",
      [
        cell("who"),
        principal(1),
        principal(2),
        (number) => -data.principals[number][4],
        (number) => -data.principals[number][5],
        (number) => -data.principals[number][5],
        (number) => -data.principals[number][6],
        (number) => -data.principals[number][7],
        principal(8),
        (number) => -data.principals[number][9],
      ],
      (number, wanted) => {
        const [, kind, nature, admin, marks] = data.principals[number];
        const becomes = data.principals[number][10];
        return (
          (!wanted.kind || kind === wanted.kind) &&
          (!wanted.nature || nature === wanted.nature) &&
          (wanted.rights !== "administrator" || admin) &&
          (wanted.rights !== "becomes administrator" || becomes) &&
          (wanted.rights !== "stands out" || marks > 0)
        );
      },
      () => null,
      (number) => data.principals[number][0],
    );

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-search]");
    if (link && findings) findings.search(link.dataset.search);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, select, textarea")) return;
    event.preventDefault();
    findings?.tools.querySelector(".search").focus();
  });
})();
