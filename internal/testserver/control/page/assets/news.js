// follow calls back with the news of requests, as they happen. The server answers once there are
// some. If it is away, follow tries again; away is called when that begins and ends.
export async function follow(callback, away = () => {}) {
  let last = 0;
  let first = true;
  let gone = false;
  for (;;) {
    try {
      const response = await fetch(`/requests/news?after=${last}`);
      if (!response.ok) throw new Error(String(response.status));
      const news = await response.json();
      if (gone) away(gone = false);
      if (news.last !== last || first) callback(news, first);
      first = false;
      last = news.last;
    } catch {
      if (!gone) away(gone = true);
      await new Promise((done) => setTimeout(done, 1000));
    }
  }
}
