package io.waggle.jobs.control;

import io.waggle.v1.Control;
import io.waggle.v1.WriterClaim;
import io.waggle.v1.WriterRun;
import org.apache.flink.api.common.state.BroadcastState;

/**
 * Whether a learning job is the one that publishes: its epoch is in charge ({@link ActiveEpoch}),
 * and of the jobs of its epoch none stands before it ({@link HeldClaims}). Its own claim counts
 * from the start on, so that it waits for nobody.
 *
 * <p>The state holds the job's origin: the run that began without state. One thread; {@link
 * #standing} and {@link #activeEpoch} from any.
 */
public final class Charge {
  /** No surface's record has such a key: they hold a slash. */
  private static final String ORIGIN = "writer-origin";

  /** Of every job that goes on from a state of before there were origins: none is older. */
  private static final WriterRun UNKNOWN =
      WriterRun.newBuilder().setStartedMillis(1).setId(1).build();

  private final ActiveEpoch active;
  private final HeldClaims held;
  private final WriterClaim claim;
  private volatile Standing standing;

  /**
   * Goes on with what a checkpoint held.
   *
   * @param restored false: the job begins without state, and the run is its origin
   */
  public Charge(Writer writer, BroadcastState<String, Control> records, boolean restored)
      throws Exception {
    active = new ActiveEpoch(records);
    held = new HeldClaims(records);
    if (records.get(ORIGIN) == null) {
      WriterClaim.Builder first =
          WriterClaim.newBuilder()
              .setEpoch(writer.epoch())
              .setOrigin(restored ? UNKNOWN : writer.run());
      records.put(ORIGIN, Control.newBuilder().setWriterClaim(first).build());
    }
    WriterRun origin = records.get(ORIGIN).getWriterClaim().getOrigin();
    claim =
        WriterClaim.newBuilder()
            .setEpoch(writer.epoch())
            .setOrigin(origin)
            .setRun(writer.run())
            .build();
    standing = now();
  }

  private Standing now() throws Exception {
    Standing ofEpoch = Standing.of(claim.getEpoch(), active.epoch());
    return ofEpoch.counts() && held.displaces(claim) ? Standing.DISPLACED : ofEpoch;
  }

  /**
   * Takes what control says of epochs and claims; anything else is passed over.
   *
   * @return true: the standing changed
   */
  public boolean accept(Control control) throws Exception {
    boolean heard =
        control.hasWriterEpoch()
            ? active.accept(control)
            : control.hasWriterClaim() && held.accept(control);
    Standing before = standing;
    if (heard) {
      standing = now();
    }
    return standing != before;
  }

  /** What the job may do. */
  public Standing standing() {
    return standing;
  }

  /** The epoch in charge. */
  public long activeEpoch() {
    return active.epoch();
  }

  /** What the job says of itself in every record that it publishes. */
  public WriterClaim claim() {
    return claim;
  }
}
