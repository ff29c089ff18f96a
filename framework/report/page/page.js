/* The two things of a report that move: tables that sort, and the panel of curves (drawn by dygraphs). */
"use strict";

/* ---- tables ---- */

(function () {
  function key(row, column) {
    const cell = row.cells[column];
    const value = cell.dataset.v;
    if (value !== undefined) return Number(value);
    return cell.classList.contains("n") ? null : cell.textContent.trim();
  }

  /* Numbers before texts, and what has no value last in either direction. */
  function compare(a, b, sign) {
    if (a === null || b === null) return (a === null) - (b === null);
    if (typeof a === "number" && typeof b === "number") return sign * (a - b);
    return sign * String(a).localeCompare(String(b), "en", { numeric: true });
  }

  function sort(table, column, head) {
    const descending = head.getAttribute("aria-sort") === "ascending";
    const body = table.tBodies[0];
    const rows = Array.from(body.rows).map((row) => ({ row, key: key(row, column) }));
    rows.sort((a, b) => compare(a.key, b.key, descending ? -1 : 1)); /* stable: equal rows keep their order */
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    for (const entry of rows) body.append(entry.row);
  }

  for (const table of document.querySelectorAll("table.sortable")) {
    Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
      const first = table.tBodies[0].rows[0];
      if (first && first.cells[column].classList.contains("n")) head.classList.add("n");
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, column, head));
      head.append(button);
    });
  }

  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details.print")) details.open = true;
  });
})();

/* ---- the panel ---- */

(function () {
  const source = document.getElementById("data");
  if (!source || typeof Dygraph === "undefined") return;
  const data = JSON.parse(source.textContent);
  const $ = (name) => document.getElementById("panel-" + name);
  const hidden = new Set(); /* indices of optimisers that the reader switched off */
  let graph = null, shown = null;

  /* What can be shown: the columns of a cell, and how a regret becomes a value of the objective. */
  const measures = [
    { name: "mean regret", mid: "mean", low: "meanLow", high: "meanHigh", log: true },
    { name: "median regret", mid: "median", low: "medianLow", high: "medianHigh", log: true },
    { name: "mean objective", mid: "mean", low: "meanLow", high: "meanHigh", objective: true },
    { name: "median objective", mid: "median", low: "medianLow", high: "medianHigh", objective: true },
    { name: "rank", mid: "rank" },
    { name: "share of targets reached", mid: "reached" },
  ];

  /* New options; the one that was chosen stays so if its name is still there. */
  function fill(select, names) {
    const before = select.selectedOptions[0] ? select.selectedOptions[0].text : null;
    select.replaceChildren(...names.map((name, i) => new Option(name, String(i))));
    select.value = String(Math.max(0, names.indexOf(before)));
  }

  const choice = (select, list) => list[Number(select.value)];

  const measuresOf = (chart) =>
    measures.filter((measure) => Object.values(chart.axes[0].cells).some((cell) => cell[measure.mid]));

  function point(chart, measure, cell, i) {
    const values = [measure.low ? cell[measure.low][i] : null, cell[measure.mid][i], measure.high ? cell[measure.high][i] : null];
    if (values[1] === null) return [null, null, null];
    for (const side of [0, 2]) if (values[side] === null) values[side] = values[1];
    if (!measure.objective) return values;
    const turned = values.map((regret) => chart.reference + chart.direction * regret);
    return chart.direction < 0 ? turned.reverse() : turned;
  }

  /* A logarithmic axis has no place for 0: such values are drawn at its lower end. */
  function lift(rows) {
    let least = Infinity;
    for (const row of rows) for (const value of row.slice(1)) if (value[1] > 0) least = Math.min(least, value[1]);
    if (!isFinite(least)) return false;
    for (const row of rows)
      for (const value of row.slice(1))
        if (value[1] !== null) for (let side = 0; side < 3; side++) value[side] = Math.max(value[side], least / 3);
    return true;
  }

  const number = (value, digits) => (value === null || value === undefined ? "" : Number(value.toPrecision(digits)).toString());

  function say(row) {
    const budget = shown.axis.at[row];
    $("at").textContent = number(budget, 5) + " " + (budget === 1 && shown.axis.name === "trials" ? "trial" : shown.axis.name);
    $("slider").value = String(row);
    shown.outputs.forEach((output, i) => {
      const cell = shown.axis.cells[shown.keys[i]];
      output.textContent = number(point(shown.chart, shown.measure, cell, row)[1], 5);
    });
  }

  function legend(keys) {
    const fieldset = $("legend");
    const outputs = [];
    fieldset.replaceChildren(fieldset.querySelector("legend"));
    for (const key of keys) {
      const optimiser = data.optimisers[key], label = document.createElement("label"), box = document.createElement("input");
      const swatch = document.createElementNS("http://www.w3.org/2000/svg", "svg"), output = document.createElement("output");
      const line = document.createElementNS(swatch.namespaceURI, "path");
      box.type = "checkbox";
      box.checked = !hidden.has(key);
      box.addEventListener("change", () => {
        if (box.checked) hidden.delete(key);
        else hidden.add(key);
        graph.setVisibility(keys.indexOf(key), box.checked);
      });
      swatch.setAttribute("width", "32");
      swatch.setAttribute("height", "12");
      swatch.setAttribute("aria-hidden", "true");
      for (const [name, value] of Object.entries({ d: "M0 6h32", stroke: optimiser.colour, "stroke-width": "2", "stroke-dasharray": optimiser.dash || "none" }))
        line.setAttribute(name, value);
      swatch.append(line);
      label.append(box, swatch, optimiser.label, output);
      fieldset.append(label);
      outputs.push(output);
    }
    return outputs;
  }

  function draw() {
    const chart = choice($("chart"), data.charts);
    fill($("axis"), chart.axes.map((axis) => axis.name));
    fill($("measure"), measuresOf(chart).map((measure) => measure.name));
    const axis = choice($("axis"), chart.axes), measure = choice($("measure"), measuresOf(chart));
    const keys = Object.keys(axis.cells).map(Number);
    const rows = axis.at.map((at, i) => [at, ...keys.map((key) => point(chart, measure, axis.cells[key], i))]);
    $("log-y").disabled = !measure.log;
    const logY = measure.log && $("log-y").checked && lift(rows);
    const grid = getComputedStyle(document.documentElement).getPropertyValue("--line").trim();
    const series = {};
    for (const key of keys)
      series[data.optimisers[key].label] = {
        color: data.optimisers[key].colour,
        strokePattern: data.optimisers[key].dash ? data.optimisers[key].dash.split(" ").map(Number) : null,
      };
    shown = { chart, axis, measure, keys, outputs: legend(keys) };
    if (graph) graph.destroy();
    graph = new Dygraph($("plot"), rows, {
      labels: [axis.name, ...keys.map((key) => data.optimisers[key].label)],
      xlabel: axis.name,
      ylabel: measure.objective ? chart.objective : measure.name,
      customBars: true,
      stepPlot: true,
      series,
      visibility: keys.map((key) => !hidden.has(key)),
      strokeWidth: 2,
      drawPoints: rows.length === 1,
      pointSize: 4,
      fillAlpha: 0.16,
      logscale: logY,
      axes: { x: { logscale: $("log-x").checked, axisLabelFormatter: (value) => number(value, 4) },
              y: { axisLabelFormatter: (value) => number(value, 3), axisLabelWidth: 62 } },
      gridLineColor: grid,
      axisLineColor: grid,
      legend: "never",
      highlightCircleSize: 4,
      highlightCallback: (event, x, points, row) => say(row),
      unhighlightCallback: () => say(axis.at.length - 1),
      valueRange: measure.mid === "reached" ? [0, 1.02] : measure.mid === "rank" ? [keys.length + 0.1, 0.9] : null,
    });
    $("slider").max = String(axis.at.length - 1);
    $("plot").setAttribute("aria-label", measure.name + " over " + axis.name + ", " + chart.label + ": values by the slider below");
    say(axis.at.length - 1);
  }

  if (!data.charts.length) return;
  $("body").hidden = false;
  $("log-y").checked = true;
  fill($("chart"), data.charts.map((chart) => chart.label));
  for (const name of ["chart", "measure", "axis", "log-x", "log-y"]) $(name).addEventListener("change", draw);
  $("reset").addEventListener("click", () => graph.resetZoom());
  $("slider").addEventListener("input", () => {
    graph.setSelection(Number($("slider").value));
    say(Number($("slider").value));
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
})();
