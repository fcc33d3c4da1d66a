// follow calls back with the news of requests, as they happen. The server answers once there are
// some. If it is away, follow tries again; away is called when that begins and ends. Changes up to
// the last one are no news.
export async function follow(callback, { last = 0, away = () => {} } = {}) {
  let gone = false;
  for (;;) {
    try {
      const response = await fetch(`/requests/news?after=${last}`);
      if (!response.ok) throw new Error(String(response.status));
      const news = await response.json();
      if (gone) away(gone = false);
      if (news.last !== last) callback(news);
      last = news.last;
    } catch {
      if (!gone) away(gone = true);
      await new Promise((done) => setTimeout(done, 1000));
    }
  }
}
