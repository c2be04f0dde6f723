// Part of `cargo xtask serve --fast` only: reloads the page when it was built again.
setInterval(async () => {
  const answer = await fetch("build.txt").catch(() => undefined);
  if (answer?.ok && (await answer.text()) !== "BUILD") location.reload();
}, 300);
