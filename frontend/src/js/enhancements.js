// Small habits named by data attributes, listened for once at the top so that swapped content has them too.
const openMenus = "details.menu[open], details.definition[open]";

function closeMenusOutside(target) {
  for (const menu of document.querySelectorAll(openMenus)) {
    if (!menu.contains(target)) menu.open = false;
  }
}

function closeMenusByKey(event) {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll(openMenus)) {
    const held = menu.contains(document.activeElement);
    menu.open = false;
    if (held) menu.querySelector("summary").focus();
  }
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const words = button.querySelector("[data-copy-words]") ?? button;
  const before = words.textContent;
  words.textContent = button.dataset.copied || before;
  setTimeout(() => (words.textContent = before), 2000);
}

function onClick(event) {
  closeMenusOutside(event.target);
  makeModal(event);
  const pressed = event.target.closest("[data-copy], [data-print], [data-dismiss]");
  if (!pressed) return;
  if ("copy" in pressed.dataset) copy(pressed);
  if ("print" in pressed.dataset) window.print();
  if ("dismiss" in pressed.dataset) pressed.closest("[data-dismissable]")?.remove();
}

function onChange({ target }) {
  if (target.closest("[data-submit-on-change]")) target.form?.requestSubmit();
  if (target.matches('input[type="color"]')) {
    const shown = target.parentElement.querySelector("output");
    if (shown) shown.value = target.value;
  }
}

// A form that was sent once is not sent again by an impatient second click.
function onSubmit(event) {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post") || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  else form.dataset.sent = "yes";
}

// Without script a dialog is a popover beside the page; with script it is modal and keeps the focus.
function makeModal(event) {
  const dialog = event.target.closest("[popovertarget]")?.popoverTargetElement;
  if (event.target.matches("dialog:modal")) event.target.close();
  if (!(dialog instanceof HTMLDialogElement)) return;
  event.preventDefault();
  if (dialog.open) dialog.close();
  else {
    dialog.removeAttribute("popover");
    dialog.showModal();
    dialog.addEventListener("close", () => dialog.setAttribute("popover", ""), { once: true });
  }
}

export function showScripted(root) {
  for (const element of root.querySelectorAll("[data-needs-script]")) element.hidden = false;
}

export function startEnhancements() {
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", closeMenusByKey);
  document.addEventListener("change", onChange);
  document.addEventListener("input", (event) => event.target.matches('input[type="color"]') && onChange(event));
  document.addEventListener("submit", onSubmit);
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
}
