// Shows the table of a page: unpacks it, rounds what is shown, keeps the file for download.
"use strict";

/** Fields of a CSV text, row by row. */
function csvRows(text) {
  const rows = [[]];
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\n\r]*))(,|\r?\n|$)/g)) {
    const [whole, quoted, bare, end] = match;
    if (whole === "" && rows.at(-1).length === 0) break;
    rows.at(-1).push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === "") break;
    if (end !== ",") rows.push([]);
  }
  if (rows.at(-1).length === 0) rows.pop();
  return rows;
}

/** As workflow/site/columns.py writes a number: four significant digits, thin spaces. */
function digits(value) {
  const size = Math.abs(value);
  const grouped = (number) => number.toLocaleString("en-US", { maximumFractionDigits: 0 }).replaceAll(",", "\u202f");
  if (Number.isInteger(value) && size < 1e6) return grouped(value);
  if (size >= 1000) return grouped(value);
  if (size > 0 && size < 1e-3) return value.toExponential(2);
  return String(Number(value.toFixed(3 - Math.max(0, String(Math.trunc(size)).length - 1))));
}

async function unpacked(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).text();
}

/** The viewer of tables, unpacked and run once. */
async function viewer() {
  if (!window.itables) {
    const style = document.createElement("style");
    style.textContent = await unpacked(window.packedViewer.style);
    document.querySelector('link[href$="site.css"]').before(style);  // which has the last word
    const script = document.createElement("script");
    script.textContent = await unpacked(window.packedViewer.script);
    document.head.append(script);
  }
  return window.itables;
}

function download(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = `${name}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

async function showTable(place) {
  const name = place.dataset.table;
  const { columns, csv } = JSON.parse(await unpacked(window.tableData[name]));
  const [, ...rows] = csvRows(csv);
  const { jQuery } = await viewer();
  document.querySelector(`[data-download="${name}"]`).onclick = () => download(name, csv);
  const table = document.createElement("table");
  table.className = "display";
  place.replaceChildren(table);
  jQuery(table).DataTable({
    data: rows,
    columns: columns.map(({ words, unit, scale, numeric, long }) => ({
      title: unit ? `${words}<br><small>${unit}</small>` : words,
      type: numeric ? "num" : "string",
      className: numeric ? "number" : long ? "words sentences" : "words",
      render: (cell, kind) => {
        if (!numeric) return kind === "display" ? escaped(cell) : cell;
        if (cell === "") return kind === "display" ? "" : Number.NEGATIVE_INFINITY;
        return kind === "display" ? digits(Number(cell) / scale) : Number(cell);
      },
    })),
    order: [],
    pageLength: 25,
    lengthMenu: [25, 100, 500],
    autoWidth: false,
    layout: { topStart: "search", topEnd: "pageLength", bottomStart: "info", bottomEnd: "paging" },
    language: { search: "", searchPlaceholder: "search all columns", lengthMenu: "_MENU_ rows" },
  });
}

function escaped(text) {
  const holder = document.createElement("span");
  holder.textContent = text;
  return holder.innerHTML;
}

document.querySelectorAll("[data-table]").forEach(showTable);
