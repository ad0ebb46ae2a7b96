package io.waggle.server.control;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceControl;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.metric.ServerMetrics;
import io.waggle.v1.Control;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The surfaces as they are now: those of the files, each changed by the newest record of topic
 * control that counts for it. Readers take one immutable value and never wait; the topic's reader
 * and whoever writes a change take turns.
 *
 * <p>Of two records of a surface the later in the log wins. A record that was made from a file of
 * another fingerprint does not count: the file has been edited since. One whose surface breaks a
 * rule is counted, logged and not followed. A record that was made without knowing the one before
 * it has undone that one's change; it wins all the same, and is counted and logged.
 */
public final class FollowedSurfaces implements Supplier<Surfaces> {
  private static final Logger LOG = LoggerFactory.getLogger(FollowedSurfaces.class);

  /** Offset of a record whose place in the log is not known, before every other. */
  public static final long UNKNOWN_OFFSET = -1;

  private final Surfaces files;
  private final ServerMetrics metrics;
  private final Map<String, Said> said = new HashMap<>();
  private final List<Consumer<Surfaces>> listeners = new ArrayList<>();
  private volatile Surfaces current;

  /**
   * What the log says of a surface.
   *
   * @param control the newest that counts; null: its record was deleted
   */
  private record Said(@Nullable Control control, long offset) {}

  public FollowedSurfaces(Surfaces files, ServerMetrics metrics) {
    this.files = files;
    this.metrics = metrics;
    this.current = files;
  }

  /** The surfaces now. */
  @Override
  public Surfaces get() {
    return current;
  }

  /** The surface as its file has it; null when there is no such file. */
  public @Nullable Surface file(String surface) {
    return files.find(surface);
  }

  /** The newest record of a surface that counts; null: the file holds. */
  public synchronized @Nullable Control newest(String surface) {
    Said known = said.get(surface);
    return known == null ? null : known.control();
  }

  /**
   * When the newest record of a surface that counts was said, milliseconds since 1970 UTC, made
   * unique: it grows with each change. 0: the file holds.
   */
  public long revision(String surface) {
    Control newest = newest(surface);
    return newest == null ? 0 : newest.getCreatedMillis();
  }

  /** Calls at once, and after every change, on the thread that made it; must not take long. */
  public synchronized void onChange(Consumer<Surfaces> listener) {
    listeners.add(listener);
    listener.accept(current);
  }

  /** Follows a record of a surface at its place in the log. */
  public synchronized void follow(Control control, long offset) {
    String name = control.getSurface().getName();
    Surface file = files.find(name);
    if (file == null) {
      return;
    }
    if (!SurfaceControl.counts(file, control)) {
      LOG.info("A change of {} by {} was of another file", name, control.getAuthor());
      return;
    }
    Said before = said.get(name);
    if (before != null && offset < before.offset()) {
      countIfUndone(control, before.control());
      return;
    }
    if (before != null) {
      countIfUndone(before.control(), control);
    }
    said.put(name, new Said(control, offset));
    refresh();
  }

  /** Follows the deletion of a surface's record: the file holds again. */
  public synchronized void forget(String surface, long offset) {
    Said before = said.get(surface);
    if (before == null || offset >= before.offset()) {
      said.put(surface, new Said(null, offset));
      refresh();
    }
  }

  /** The log begins anew: what it said holds until it says something else. */
  public synchronized void reset() {
    said.replaceAll((surface, known) -> new Said(known.control(), UNKNOWN_OFFSET));
  }

  private void countIfUndone(@Nullable Control earlier, @Nullable Control later) {
    if (earlier != null
        && later != null
        && later.getCreatedMillis() != earlier.getCreatedMillis()
        && later.getBasedOnMillis() < earlier.getCreatedMillis()) {
      metrics.controlUndone();
      LOG.warn(
          "The change of {} by {} undid the one by {}, which it did not know",
          later.getSurface().getName(),
          later.getAuthor(),
          earlier.getAuthor());
    }
  }

  private void refresh() {
    List<Surface> now = new ArrayList<>();
    for (Surface file : files.all()) {
      now.add(effective(file));
    }
    Surfaces next = new Surfaces(now);
    if (!next.all().equals(current.all())) {
      current = next;
      listeners.forEach(listener -> listener.accept(next));
    }
  }

  private Surface effective(Surface file) {
    Control control = newest(file.name());
    if (control == null) {
      return file;
    }
    try {
      return SurfaceControl.effective(file, control);
    } catch (IllegalArgumentException e) {
      metrics.controlRefused();
      LOG.warn("Control of {} is not followed: {}", file.name(), e.getMessage());
      Surface serving = current.find(file.name());
      return serving == null ? file : serving;
    }
  }
}
