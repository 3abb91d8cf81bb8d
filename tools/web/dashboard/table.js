// A table whose rows stay the same elements as long as their keys do: so focus and selection outlive a refresh.

import { element } from "./dom.js";

export class Table {
  #body = element("tbody");
  #rows = new Map(); // key -> its row
  #columns;
  #fill;

  /**
   * `columns` are the headings; the first column has those of the rows. `fill(item, isNew)` gives the contents of a
   * row's cells: texts, elements, or null for one that is to stay as it is. `isNew`: the row is being made.
   */
  constructor(table, columns, fill) {
    this.#columns = columns;
    this.#fill = fill;
    const heads = columns.map((column) => element("th", { scope: "col" }, column));
    table.append(element("thead", {}, element("tr", {}, ...heads)), this.#body);
  }

  /** Shows these, in their order; `keyOf` tells them apart. */
  show(items, keyOf) {
    const gone = new Map(this.#rows);
    let place = this.#body.firstElementChild;
    for (const item of items) {
      const key = keyOf(item);
      const row = this.#rows.get(key) ?? this.#make(key);
      gone.delete(key);
      this.#write(row, this.#fill(item, row.childElementCount === 0));
      if (row === place) {
        place = place.nextElementSibling;
      } else {
        this.#body.insertBefore(row, place);
      }
    }
    for (const [key, row] of gone) {
      row.remove();
      this.#rows.delete(key);
    }
  }

  #make(key) {
    const row = element("tr");
    this.#rows.set(key, row);
    return row;
  }

  #write(row, cells) {
    if (row.childElementCount === 0) {
      const cell = (column, i) => element(i === 0 ? "th" : "td", i === 0 ? { scope: "row" } : {});
      row.append(...this.#columns.map(cell));
    }
    cells.forEach((content, i) => {
      const cell = row.children[i];
      cell.dataset.column = this.#columns[i]; // shown in front of it where the table is narrow
      if (content instanceof Node) {
        cell.replaceChildren(content);
      } else if (content !== null && cell.textContent !== `${content}`) {
        cell.textContent = content;
      }
    });
  }
}
