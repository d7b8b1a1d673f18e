// Draws the table that Python sends and says which cell was pressed. Whatever it is given is set as text, never as HTML.
function made(tag, text = "", classes = "", attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (classes) element.className = classes;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function button(cell, open) {
  const pressed = made("button", "", `${cell.colour}${cell.quiet ? " quiet" : ""}`, { type: "button", title: cell.why });
  const state = made("span", "", "state");
  state.append(made("span", cell.icon, "icon", { "aria-hidden": "true", translate: "no" }), made("span", cell.word));
  pressed.append(made("span", cell.name, "name"), state);
  for (const note of cell.notes) pressed.append(made("span", note, "note"));
  if (cell.told) pressed.append(made("span", cell.why, "note why"));
  pressed.setAttribute("aria-label", [cell.name, cell.word, ...cell.notes, cell.why].filter(Boolean).join(", "));
  pressed.onclick = () => open(cell.id);
  return pressed;
}

function line(row, open) {
  const drawn = made("tr");
  drawn.append(made("th", row.name, "", { scope: "row" }));
  for (const cell of row.cells) {
    if (cell && cell.id) {
      const place = made("td");
      place.append(button(cell, open));
      drawn.append(place);
    } else drawn.append(made("td", cell === null ? "–" : "", "none"));
  }
  return drawn;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector("table");
  const head = made("thead");
  const titles = made("tr");
  titles.append(...data.head.map((title) => made("th", title, "", { scope: "col" })));
  head.append(titles);
  const bodies = data.groups.map((group) => {
    const body = made("tbody");
    const title = made("tr");
    title.append(made("th", group.name, "group", { scope: "rowgroup", colspan: data.head.length }));
    body.append(title, ...group.rows.map((row) => line(row, (id) => setTriggerValue("open", id))));
    return body;
  });
  table.setAttribute("aria-label", data.label);
  const focused = parentElement.activeElement ?? null;
  if (!focused || JSON.stringify(data) !== table.dataset.shown) table.replaceChildren(head, ...bodies);
  table.dataset.shown = JSON.stringify(data);
}
