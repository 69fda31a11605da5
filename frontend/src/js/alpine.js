import Alpine from "@alpinejs/csp";

const themeCookie = (theme) => `theme=${theme}; path=/; max-age=${theme ? 31536000 : 0}; samesite=lax`;

Alpine.data("themeToggle", () => ({
  theme: document.documentElement.dataset.theme ?? "",
  choose(theme) {
    this.theme = theme;
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    document.cookie = themeCookie(theme);
    document.dispatchEvent(new CustomEvent("tcma:theme"));
  },
  pressed(theme) {
    return String(this.theme === theme);
  },
}));

// Shows pictures that were chosen or dropped, before they are sent.
Alpine.data("fileDrop", () => ({
  over: false,
  take(event) {
    this.over = false;
    const input = this.$root.querySelector("input");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  },
  show(event) {
    const pictures = [...event.target.files].filter((file) => file.type.startsWith("image/")).slice(0, 6);
    this.$refs.preview.replaceChildren(
      ...pictures.map((file) => {
        const picture = document.createElement("img");
        picture.alt = file.name;
        const reader = new FileReader();
        reader.onload = () => (picture.src = reader.result);
        reader.readAsDataURL(file);
        return picture;
      }),
    );
  },
}));

// Counts what is typed against a limit that the field names.
Alpine.data("counter", () => ({
  used: 0,
  init() {
    this.used = this.field().value.length;
  },
  field() {
    return this.$root.querySelector("input, textarea");
  },
  count() {
    this.used = this.field().value.length;
  },
}));

Alpine.data("shown", () => ({
  open: false,
  toggle() {
    this.open = !this.open;
  },
}));

Alpine.start();
