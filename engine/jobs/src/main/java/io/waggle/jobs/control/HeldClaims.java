package io.waggle.jobs.control;

import io.waggle.state.model.WriterClaims;
import io.waggle.v1.Control;
import io.waggle.v1.WriterClaim;
import org.apache.flink.api.common.state.BroadcastState;
import org.jspecify.annotations.Nullable;

/**
 * Which learning job holds each epoch, as topic {@code control} says; of the claims on an epoch the
 * one that stands. Kept beside what {@link ControlledSurfaces} keeps: one record an epoch that ever
 * had a job. One thread.
 */
public final class HeldClaims {
  /** A surface of that name would have sixteen digits behind it; an epoch has six at most. */
  private static final String KEY = "writer-claim/";

  private final BroadcastState<String, Control> records;

  /** Goes on with what a checkpoint held. */
  public HeldClaims(BroadcastState<String, Control> records) {
    this.records = records;
  }

  /**
   * Takes a claim.
   *
   * @return true: it holds its epoch now and did not before
   */
  public boolean accept(Control control) throws Exception {
    WriterClaim claim = control.getWriterClaim();
    WriterClaim held = holder(claim.getEpoch());
    if (held != null && (held.equals(claim) || WriterClaims.givesWay(claim, held))) {
      return false;
    }
    records.put(KEY + claim.getEpoch(), control);
    return true;
  }

  /** True: another holds the epoch. */
  public boolean displaces(WriterClaim claim) throws Exception {
    WriterClaim held = holder(claim.getEpoch());
    return held != null && WriterClaims.givesWay(claim, held);
  }

  private @Nullable WriterClaim holder(long epoch) throws Exception {
    Control held = records.get(KEY + epoch);
    return held == null ? null : held.getWriterClaim();
  }
}
