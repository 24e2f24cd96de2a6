"use strict";
// Draws the charts of the page, hands out their data, and moves the slider over futures. Reads nothing but this page.
(() => {
  const LOOK = {
    background: "white",
    font: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif",
    view: { stroke: null },
    axis: { gridColor: "#e6e6e6", domainColor: "#888", tickColor: "#888", labelFontSize: 11, titleFontSize: 11,
      titleFontWeight: "normal", titleColor: "#444", labelFlush: false, labelOverlap: true },
    axisX: { labelFlush: true },
    legend: { labelFontSize: 12, offset: 6 },
  };
  const OPTIONS = { actions: false, renderer: "svg", ast: true, defaultStyle: false, config: LOOK };
  const FRAME = { width: "container", autosize: { type: "fit-x", contains: "padding" } };
  const read = (id) => JSON.parse(document.getElementById(id + "-data").textContent);
  const rowsOf = (columns) => {
    const names = Object.keys(columns);
    const length = names.length ? columns[names[0]].length : 0;
    return Array.from({ length }, (_, i) => Object.fromEntries(names.map((name) => [name, columns[name][i]])));
  };
  const embed = (place, spec, values) => {
    const whole = { ...FRAME, description: place.getAttribute("aria-label"), data: { name: "shown", values }, ...spec };
    return vegaEmbed(place, whole, OPTIONS).then((made) => made.view);
  };
  const known = new Map();
  const drawn = [];
  for (const place of document.querySelectorAll(".vega[data-spec]")) {
    const id = place.dataset.chart;
    if (!known.has(id)) {
      const { specs, columns } = read(id);
      known.set(id, { specs, values: rowsOf(columns) });
    }
    const { specs, values } = known.get(id);
    drawn.push(embed(place, specs[Number(place.dataset.spec)], values));
  }

  const cell = (value) => {
    const text = value === null || value === undefined ? "" : String(value);
    return /[",\n\r]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  };
  const csv = (rows) => {
    const names = rows.length ? Object.keys(rows[0]).filter((name) => !name.startsWith("_")) : [];
    return [names, ...rows.map((row) => names.map((name) => row[name]))].map((line) => line.map(cell).join(",")).join("\n") + "\n";
  };
  const save = (text, name, type) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const downloads = new Map([...known].map(([id, { values }]) => [id, () => values.filter((row) => !row._twice)]));
  for (const button of document.querySelectorAll("button.download")) {
    button.addEventListener("click", () => save(csv(downloads.get(button.dataset.chart)()), button.dataset.file, "text/csv"));
  }
  for (const button of document.querySelectorAll("button.save")) {
    const source = document.getElementById(button.dataset.text);
    button.addEventListener("click", () => save(source.textContent, button.dataset.file, "application/toml"));
  }

  for (const article of document.querySelectorAll("article.guess")) {
    article.classList.add("guessing");
    const button = article.querySelector("button.reveal");
    button.addEventListener("click", () => {
      article.classList.remove("guessing");
      button.hidden = true;
    });
  }

  // A page of futures: both lines up to the moment, and beyond it only once they are uncovered.
  for (const figure of document.querySelectorAll("figure[data-futures]")) {
    const id = figure.dataset.futures;
    const { moments, lucks, specs, without } = read(id);
    const slider = document.getElementById(id + "-moment");
    const luck = document.getElementById(id + "-luck");
    const button = figure.querySelector("button.uncover");
    let uncovered = false;
    const chosenLuck = () => lucks[luck ? Number(luck.value) : 0];
    const rows = (measure) => {
      const moment = Number(slider.value);
      const path = chosenLuck().paths[measure];
      const lines = [path.chosen[moment], path.without];
      return lines.flatMap((line, future) => line.map((y, x) => ({ x, y, future }))
        .filter((row) => uncovered || row.x <= moments[moment].month));
    };
    const views = [...figure.querySelectorAll(".vega")].map((place) => {
      const measure = Number(place.dataset.measure);
      const spec = specs[measure][Number(place.dataset.future)];
      return { measure, ready: embed(place, spec, rows(measure)) };
    });
    const show = () => {
      const moment = moments[Number(slider.value)];
      document.getElementById(id + "-name").textContent = moment.name;
      slider.setAttribute("aria-valuetext", moment.name);
      document.getElementById(id + "-outcome").textContent = uncovered ? moment.outcome : "";
      button.textContent = uncovered ? "Cover it again" : "Show what happens";
      button.setAttribute("aria-pressed", String(uncovered));
      for (const { measure, ready } of views) {
        const top = chosenLuck().paths[measure].reach;
        ready.then((view) => {
          view.signal("low", top[0]).signal("high", top[1]).signal("moment", moment.month);
          return view.data("shown", rows(measure)).runAsync();
        });
      }
    };
    slider.addEventListener("input", show);
    if (luck) luck.addEventListener("change", show);
    button.addEventListener("click", () => { uncovered = !uncovered; show(); });
    downloads.set(id, () => lucks.flatMap((one) => one.paths.flatMap((path) => [
      ...path.without.map((value, month) => ({ luck: one.name, measure: path.measure, moment: without, month, value })),
      ...path.chosen.flatMap((line, i) => line.map((value, month) =>
        ({ luck: one.name, measure: path.measure, moment: moments[i].name, month, value }))),
    ])));
    drawn.push(...views.map((view) => view.ready));
    show();
  }
  Promise.all(drawn).then(() => { document.documentElement.dataset.drawn = "yes"; });
})();
