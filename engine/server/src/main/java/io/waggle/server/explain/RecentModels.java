package io.waggle.server.explain;

import io.waggle.state.model.ServableModel;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The model versions that were put into service here lately, so that decisions of a moment ago can
 * be made again although newer versions serve. Stands between the view of topic models and what
 * serves. One writer; any thread finds.
 *
 * <p>Bound: so many bytes of models, beyond which the oldest go; a larger one is not kept.
 */
public final class RecentModels {
  private final Predicate<ServableModel> serve;
  private final long maxBytes;

  // INVARIANT: `bytes` is the size of all in `kept`, at most `maxBytes`. Guarded by `kept`.
  private final Map<Version, ServableModel> kept = new LinkedHashMap<>();
  private long bytes;

  private record Version(String surface, String policy, long version) {}

  /**
   * Keeps nothing yet.
   *
   * @param serve puts a version into service; true when it serves now
   * @param maxBytes 0: keeps nothing ever
   */
  public RecentModels(Predicate<ServableModel> serve, long maxBytes) {
    this.serve = serve;
    this.maxBytes = maxBytes;
  }

  /** Puts a version into service; true when it serves now, and then it is kept. */
  public boolean apply(ServableModel model) {
    boolean serves = serve.test(model);
    if (serves && model.bytes().size() <= maxBytes) {
      keep(model);
    }
    return serves;
  }

  private void keep(ServableModel model) {
    synchronized (kept) {
      ServableModel old =
          kept.put(new Version(model.surface(), model.policy(), model.version()), model);
      bytes += model.bytes().size() - (old == null ? 0 : old.bytes().size());
      Iterator<ServableModel> oldest = kept.values().iterator();
      while (bytes > maxBytes) {
        bytes -= oldest.next().bytes().size();
        oldest.remove();
      }
    }
  }

  /** A version; null when it is not kept. */
  @Nullable ServableModel find(String surface, String policy, long version) {
    synchronized (kept) {
      return kept.get(new Version(surface, policy, version));
    }
  }

  /** Bytes of what is kept. */
  public long bytes() {
    synchronized (kept) {
      return bytes;
    }
  }
}
