package io.waggle.jobs.control;

import io.waggle.v1.Control;
import io.waggle.v1.WriterEpoch;
import org.apache.flink.api.common.state.BroadcastState;

/**
 * Which learning job is in charge, as topic {@code control} says: the largest epoch ever said; 0
 * before anything was said. Kept as one more record of the control that {@link ControlledSurfaces}
 * keeps. One thread; {@link #epoch} from any thread.
 */
public final class ActiveEpoch {
  /** No surface's record has such a key: they hold a slash. */
  private static final String KEY = "writer-epoch";

  private final BroadcastState<String, Control> records;
  private volatile long epoch;

  /** Goes on with what a checkpoint held. */
  public ActiveEpoch(BroadcastState<String, Control> records) throws Exception {
    this.records = records;
    Control held = records.get(KEY);
    this.epoch = held == null ? 0 : held.getWriterEpoch().getEpoch();
  }

  /**
   * Takes a record about an epoch.
   *
   * @return true: it is in charge now and was not before
   */
  public boolean accept(Control control) throws Exception {
    WriterEpoch said = control.getWriterEpoch();
    if (said.getEpoch() <= epoch) {
      return false;
    }
    records.put(KEY, control);
    epoch = said.getEpoch();
    return true;
  }

  /** The epoch in charge. */
  public long epoch() {
    return epoch;
  }
}
