// The claims board: shows the claims of one system and verdict, and counts them.
"use strict";

function setUpBoard(board) {
  const filters = [...board.querySelectorAll("select")];
  const claims = [...board.querySelectorAll("[data-system]")];
  const count = board.querySelector("[data-count]");
  const show = () => {
    let shown = 0;
    for (const claim of claims) {
      claim.hidden = filters.some(({ name, value }) => value && claim.dataset[name] !== value);
      shown += claim.hidden ? 0 : 1;
    }
    count.textContent = `${shown} of ${claims.length} claims`;
  };
  filters.forEach((filter) => filter.addEventListener("change", show));
  show();
}

document.querySelectorAll(".board").forEach(setUpBoard);
