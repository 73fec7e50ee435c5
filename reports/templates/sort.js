for (const table of document.querySelectorAll("table[data-sortable]")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.className = "sort";
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const falling = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", falling ? "descending" : "ascending");
      const text = (row) => row.cells[column].textContent.trim();
      const number = (row) => Number.parseFloat(text(row));
      const numeric = head.classList.contains("n");
      const order = (a, b) => numeric ? (number(a) || 0) - (number(b) || 0) : compare(text(a), text(b));
      const rows = [...body.rows].sort((a, b) => (falling ? -order(a, b) : order(a, b)));
      body.append(...rows);
    });
  });
}
