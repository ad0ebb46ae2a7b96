package io.waggle.jobs.control;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceControl;
import io.waggle.core.surface.Surfaces;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.Control;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The surfaces as files and control together say, in one subtask. Of each surface the broadcast
 * state holds at most two records: the newest that was based on this job's file, which counts, and
 * the newest that was based on another, which will count when the job is started with that file.
 * What is held depends on the records and their order alone, so every subtask holds the same. One
 * thread.
 */
public final class ControlledSurfaces {
  private static final Logger LOGGER = LoggerFactory.getLogger(ControlledSurfaces.class);

  private final Surfaces files;
  private final BroadcastState<String, Control> records;
  private final Map<String, Surface> current = new LinkedHashMap<>();

  /** The broadcast state of that name: records by surface and fingerprint. */
  public static MapStateDescriptor<String, Control> state(String name) {
    return new MapStateDescriptor<>(
        name, Types.STRING, ProtoTypeInformation.forMessage(Control.class));
  }

  /** Goes on with the records that a checkpoint held. */
  public ControlledSurfaces(Surfaces files, BroadcastState<String, Control> records)
      throws Exception {
    this.files = files;
    this.records = records;
    for (Surface file : files.all()) {
      current.put(file.name(), restored(file));
    }
  }

  private Surface restored(Surface file) throws Exception {
    Control record = records.get(key(file.name(), SurfaceControl.fingerprint(file.config())));
    if (record == null) {
      return file;
    }
    try {
      return SurfaceControl.effective(file, record);
    } catch (IllegalArgumentException e) {
      // It was accepted by an earlier program whose rules were others.
      LOGGER.error("Control of surface {} does not hold any more: {}", file.name(), e.getMessage());
      return file;
    }
  }

  /** All, in the files' order, as they are now. */
  public List<Surface> all() {
    return List.copyOf(current.values());
  }

  /** The surface as it is now, or null. */
  public @Nullable Surface find(String name) {
    return current.get(name);
  }

  /**
   * Takes a record about a surface.
   *
   * @return the surface as it is from now on; empty when an equally new record was here before
   * @throws IllegalArgumentException as {@code name: value (expected: ...)} when the record is
   *     refused or was based on another file; nothing changes
   */
  public Optional<Surface> accept(Control control) throws Exception {
    String name = control.getSurface().getName();
    Surface file = files.find(name);
    if (file == null) {
      throw new IllegalArgumentException(
          "surface.name: " + name + " (expected: a surface that has a file)");
    }
    String key = key(name, control.getFileFingerprint());
    Control held = records.get(key);
    if (held != null && held.getCreatedMillis() >= control.getCreatedMillis()) {
      return Optional.empty();
    }
    if (!SurfaceControl.counts(file, control)) {
      keep(name, key, control);
    }
    Surface effective = SurfaceControl.effective(file, control);
    keep(name, key, control);
    current.put(name, effective);
    return Optional.of(effective);
  }

  /** Keeps a record, and beside it at most the one that counts. */
  private void keep(String surface, String key, Control control) throws Exception {
    Surface file = Objects.requireNonNull(files.find(surface), "looked up before");
    String counting = key(surface, SurfaceControl.fingerprint(file.config()));
    List<String> outdated = new ArrayList<>();
    for (Map.Entry<String, Control> entry : records.entries()) {
      boolean ofSurface = entry.getValue().getSurface().getName().equals(surface);
      if (ofSurface && !entry.getKey().equals(counting)) {
        outdated.add(entry.getKey());
      }
    }
    if (!key.equals(counting)) {
      for (String each : outdated) {
        records.remove(each);
      }
    }
    records.put(key, control);
  }

  private static String key(String surface, long fingerprint) {
    return "%s/%016x".formatted(surface, fingerprint);
  }
}
